"""Acceptance scenarios of the domain, to the day (B numbers are those of scenarios.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from backend.deadlines.calendar import build
from backend.deadlines.drafts import Draft, draft
from backend.deadlines.explaining import explain
from workflows import law
from workflows.clocks import NoArithmetic
from workflows.offices import Level
from workflows.page_clocks import admission, recognition
from workflows.situation import Situation
from workflows.vocabulary import Clock

CALENDAR = build([])


def day(text: str) -> date:
    """dd/mm/yyyy, as the scenarios write it."""
    d, m, y = text.split("/")
    return date(int(y), int(m), int(d))


def situation(on: str, *, packs: frozenset[str] = frozenset(), calendar: Any = CALENDAR, **facts: Any) -> Situation:
    return Situation(
        on=day(on), today=day(on), facts=facts, calendar=calendar, look_up=law.rule, packs_on=lambda day: packs,
        past={name: value.isoformat() for name, value in facts.items() if isinstance(value, date)},
    )  # fmt: skip


def made(clock: Clock, seen: Situation) -> Draft:
    found = draft(clock, seen)
    assert found is not None
    return found


def from_day(rule: str, **more: Any) -> Clock:
    return Clock(rule, lambda seen: seen.on, Level.CELL, "Start", **more)


@pytest.mark.parametrize(
    ("clock", "start", "due"),
    [
        pytest.param(from_day("PRO.CELL_REVIEW"), "05/01/2027", "23/02/2027", id="B1 over Tet"),
        pytest.param(recognition.DECIDE, "20/01/2027", "10/03/2027", id="B4"),
        pytest.param(from_day("PRO.DECIDE_EXT"), "10/03/2027", "22/04/2027", id="B4 extended"),
        pytest.param(admission.DECIDE, "03/12/2026", "05/03/2027", id="B8"),
        pytest.param(from_day("ADM.DECIDE_EXT"), "05/03/2027", "19/04/2027", id="B8 extended"),
        pytest.param(from_day("TRF.PAPER"), "10/08/2026", "23/09/2026", id="B29 make-up Saturday"),
        pytest.param(from_day("REM.APPEAL"), "28/12/2026", "16/02/2027", id="B35"),
        pytest.param(from_day("ADM.CERT_VALID"), "15/01/2020", "15/01/2025", id="B9 months"),
        pytest.param(from_day("MTG.MIN_AFTER"), "15/05/2026", "17/05/2026", id="days"),
        pytest.param(from_day("TRF.DOSSIER_MISSING"), "05/05/2026", "05/08/2026", id="B32"),
    ],
)
def test_due_days(clock: Clock, start: str, due: str) -> None:
    found = made(clock, situation(start))
    assert (found.started_on, found.due_on) == (day(start), day(due))


@pytest.mark.parametrize(("level", "due"), [("province_or_commune", "09/07/2026"), ("central", "16/11/2026")])
def test_b37_a_clock_of_its_own_is_counted_anew(level: str, due: str) -> None:
    def resolve(seen: Situation, start: date) -> date:
        return seen.calendar.add_working_days(start, seen.rule("REM.RESOLVE").value[level])

    found = made(from_day("REM.RESOLVE", due=resolve), situation("02/03/2026"))
    assert found.due_on == day(due)
    assert found.explanation["amount"] == law.rule("REM.RESOLVE", day("02/03/2026")).value[level]


def test_b5_ceremony_under_the_new_rule_counts_from_issue() -> None:
    issued = situation("02/11/2026", decision=day("02/11/2026"))
    issued.past = {}  # the step that records the decision starts the clock
    found = made(admission.CEREMONY, issued)
    assert (found.started_on, found.due_on, found.early_on, found.alternatives) == (
        day("02/11/2026"), day("15/12/2026"), None, [],
    )  # fmt: skip


def test_b6_ceremony_at_the_change_shows_both_and_reminds_by_the_earlier() -> None:
    found = made(admission.CEREMONY, situation("20/07/2026", decision=day("10/07/2026"), received_on=day("20/07/2026")))
    assert (found.due_on, found.early_on) == (day("28/08/2026"), day("21/08/2026"))
    assert [(one["version"], one["due_on"]) for one in found.alternatives] == [
        ("ADM.CEREMONY@2026-07-26", "2026-08-21")
    ]
    assert found.rung_days[3] == day("20/08/2026"), "the day before the earlier result"
    assert found.rung_days[5] == day("03/09/2026"), "late after the legal day: the next working day"


def test_b31_where_sources_conflict_the_longer_is_legal_and_nobody_above_is_told() -> None:
    found = made(from_day("TRF.OFFICIAL"), situation("01/09/2026"))
    assert (found.due_on, found.early_on, found.firmness) == (day("26/11/2026"), day("14/10/2026"), "unsettled")
    assert [one["due_on"] for one in found.alternatives] == ["2026-10-14"]
    ladder = [rung for rung in found.rung_days if rung is not None]
    assert max(ladder) <= CALENDAR.next_working_day(day("26/11/2026"))


def test_b48_a_provincial_rule_binds_its_province_alone() -> None:
    found = made(from_day("MTG.SCORE_REPORT"), situation("15/05/2026", packs=frozenset({"lao_cai"})))
    assert found.due_on == day("20/05/2026")
    elsewhere = situation("15/05/2026")
    assert draft(from_day("MTG.SCORE_REPORT"), elsewhere) is None
    assert elsewhere.used == {}


def test_a_clock_that_does_not_start_opens_nothing() -> None:
    assert draft(Clock("PRO.DECIDE", lambda seen: None, Level.BASE, "Start"), situation("01/03/2026")) is None


def test_a_rule_that_is_no_sum_needs_a_day_of_its_own() -> None:
    with pytest.raises(NoArithmetic):
        draft(from_day("MTG.REGULAR"), situation("01/03/2026"))


def test_the_plan_starts_with_the_first_rung() -> None:
    found = made(recognition.DECIDE, situation("20/01/2027"))
    back = CALENDAR.add_working_days
    assert found.rung_days == [back(found.due_on, n) for n in (-15, -7, -3, -1, 0, 1, 1, 6, 11)]
    assert (found.next_rung, found.next_rung_on) == (0, back(found.due_on, -15))
    assert found.columns()["next_rung_on"] == back(found.due_on, -15)


@pytest.mark.parametrize(
    ("start", "overrides", "said"),
    [
        ("10/02/2026", [], "30 working days from 10/02/2026, without 16/02/2026–20/02/2026 (Tết) → 31/03/2026"),
        (
            "10/08/2026",
            [],
            "30 working days from 10/08/2026, without 31/08/2026 (Ngày nghỉ (thay cho ngày 22/08/2026)), "
            "01/09/2026–02/09/2026 (Quốc khánh) → 23/09/2026; 22/08/2026 was a working day",
        ),
        ("01/06/2026", [], "30 working days from 01/06/2026 → 13/07/2026"),
        (
            "01/06/2026",
            [(date(2026, 6, 5), True, "Storm")],
            "30 working days from 01/06/2026, without 05/06/2026 (Storm) → 14/07/2026",
        ),
    ],
)
def test_explanations_say_which_days_were_left_out(
    start: str, overrides: list[tuple[date, bool, str]], said: str
) -> None:
    found = made(from_day("PRO.CV"), situation(start, calendar=build(overrides)))
    assert explain(found.explanation, "en") == said


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: made(from_day("ADM.CERT_VALID"), situation("15/01/2020")), "60 months from 15/01/2020 → 15/01/2025"),
        (lambda: made(from_day("MTG.MIN_AFTER"), situation("15/05/2026")), "2 days from 15/05/2026 → 17/05/2026"),
        (
            lambda: made(from_day("MTG.REGULAR", due=lambda seen, start: day("31/05/2026")), situation("01/05/2026")),
            "Due on 31/05/2026",
        ),
    ],
)
def test_explanations_of_other_sums(make: Callable[[], Draft], said: str) -> None:
    assert explain(make().explanation, "en") == said
