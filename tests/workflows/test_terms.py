"""The arithmetic of terms, whatever the row says: units, amounts of one's own, and what cannot be counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.workflows.twins import member, situation
from workflows import law
from workflows.clocks import NoArithmetic, day_of, end_of, months_after, term_end, the_day
from workflows.law import Rule
from workflows.situation import Situation
from workflows.timed import Days, Timed, ahead_of, carried, day_after, months_on, past
from workflows.workdays import Calendar

FRIDAY = date(2026, 11, 6)
ROW = law.rule("PRO.LENGTH", FRIDAY)


def row(unit: str, value: Any) -> Rule:
    return replace(ROW, unit=unit, value=value)


@pytest.mark.parametrize(
    ("unit", "value", "amount", "end"),
    [
        ("working_days", 3, None, date(2026, 11, 11)), ("days", 3, None, date(2026, 11, 9)),
        ("months", 3, None, date(2027, 2, 6)), ("months", 3, 1, date(2026, 12, 6)), ("days", 3, 0, FRIDAY),
        ("days", "3*yes>=2*den", 2, date(2026, 11, 8)),
    ],
)  # fmt: skip
def test_a_term_is_counted_in_its_unit(unit: str, value: Any, amount: int | None, end: date) -> None:
    assert term_end(row(unit, value), FRIDAY, Calendar(), amount) == end


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("days", True, "is no term that can be counted; give its clock a `due`."),
        ("days", "12", "is no term that can be counted; give its clock a `due`."),
        ("days", None, "is no term that can be counted; give its clock a `due`."),
        ("years", 2, "counts in 'years'; give its clock a `due`."),
    ],
)
def test_what_cannot_be_counted_says_so(unit: str, value: Any, said: str) -> None:
    with pytest.raises(NoArithmetic) as caught:
        term_end(row(unit, value), FRIDAY, Calendar())
    assert str(caught.value) == f"{ROW.version} {said}"


def noted(**past_facts: Any) -> tuple[Situation, list[tuple[str, date]]]:
    """A situation of 01/02/2027, and the rows it looks up with the day that selects each."""
    found: list[tuple[str, date]] = []

    def look_up(rule_id: str, on: date) -> Rule:
        found.append((rule_id, on))
        return law.rule(rule_id, on)

    return situation(date(2027, 2, 1), past=past_facts, look_up=look_up, member=member()), found


def test_clocks_start_from_recorded_days_by_the_law_of_those_days() -> None:
    seen, found = noted(ceremony_on="2026-01-05", resolution={"date": "2027-01-20"})
    assert the_day(seen) == date(2027, 2, 1)
    assert day_of("resolution")(seen) == date(2027, 1, 20)
    assert day_of("nothing")(seen) is None
    assert found == []
    assert months_after("ceremony_on", "PRO.LENGTH")(seen) == date(2027, 1, 5)
    assert end_of("PRO.DECIDE", "resolution")(seen) == date(2027, 3, 10)
    assert found == [("PRO.LENGTH", date(2026, 1, 5)), ("PRO.DECIDE", date(2027, 1, 20))]
    assert months_after("nothing", "PRO.LENGTH")(seen) is None
    assert end_of("PRO.DECIDE", "nothing")(seen) is None


def test_labels_are_drawn_from_recorded_days() -> None:
    days = Days({"held": "2026-01-05", "act": {"date": "2026-12-31"}})
    assert months_on("held", "PRO.LENGTH")(days) == date(2027, 1, 5)
    assert past("act")(days) == date(2027, 1, 1)
    assert ahead_of("act", "AWY.END_WARN")(days) == date(2026, 11, 1)
    assert [
        drawn(Days({})) for drawn in (months_on("held", "PRO.LENGTH"), past("act"), ahead_of("act", "AWY.END_WARN"))
    ] == [None] * 3
    assert day_after(None) is None
    assert day_after(date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("state", "today", "holds"),
    [("open", date(2027, 1, 4), False), ("open", date(2027, 1, 5), True), ("open", date(2027, 1, 9), True),
     ("open", date(2027, 1, 10), False), ("shut", date(2027, 1, 5), False)],
)  # fmt: skip
def test_a_label_holds_from_its_first_day_until_the_first_day_it_no_longer_does(
    state: str, today: date, holds: bool
) -> None:
    timed = Timed("t", "T", "PRO.LENGTH", ("open",), lambda days: date(2027, 1, 5), lambda days: date(2027, 1, 10))
    found = carried([timed], state, Days({}), today)
    assert [(one.timed.key, one.since) for one in found] == ([("t", date(2027, 1, 5))] if holds else [])
    never = replace(timed, since=lambda days: None)
    assert carried([never], state, Days({}), today) == []
