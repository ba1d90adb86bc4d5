"""Which months raise a flag: at the edge and one past it, under each setting of the law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.workflows.leaving_pairs import counted
from tests.workflows.twins import codes
from workflows import catalogue, flagging, law
from workflows.flagging import Cause, Finding, of_classification, of_ending, of_lapse, windows
from workflows.guards.counters import months_as_counted

TODAY = date(2026, 11, 2)


def months(*numbers: int, year: int = 2026) -> list[date]:
    return [date(year, number, 1) for number in numbers]


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Another value of a row of the law."""

    def set_to(**values: Any) -> None:
        own = {name.replace("_", ".", 1): value for name, value in values.items()}
        known = law.rule

        def look_up(rule: str, on: date) -> law.Rule:
            found = known(rule, on)
            return replace(found, value=own[rule]) if rule in own else found

        monkeypatch.setattr(flagging.law, "rule", look_up)

    return set_to


def found(missed: list[date], unpaid: list[date], today: date = TODAY) -> list[tuple[str, list[int]]]:
    return [(one.cause.value, [month.month for month in one.months]) for one in of_lapse(missed, unpaid, today)]


def test_three_months_of_one_kind_in_one_year() -> None:
    assert found(months(3, 7), []) == []
    assert found(months(11, 3, 7), []) == [("meetings", [3, 7, 11])]  # B21
    assert found(months(3, 7), months(5)) == []  # B23
    assert found(months(3, 7, 8), months(3, 7, 8)) == [("meetings", [3, 7, 8]), ("dues", [3, 7, 8])]
    assert found([*months(12, year=2025), *months(1, 2)], []) == []  # two years
    assert found(months(10, 11, 12, year=2025), []) == [("meetings", [10, 11, 12])]  # last year's still stand
    assert found(months(10, 11, 12, year=2024), []) == []


def test_a_finding_tells_its_window_and_its_months() -> None:
    assert windows(TODAY) == ((date(2025, 1, 1), date(2025, 12, 1)), (date(2026, 1, 1), date(2026, 12, 1)))
    assert list(of_lapse([], months(1, 5, 12), TODAY)) == [
        Finding(Cause.DUES, date(2026, 1, 1), (date(2026, 1, 1), date(2026, 5, 1), date(2026, 12, 1)))
    ]


def test_kinds_are_added_up_where_the_law_says_so(setting: Any) -> None:
    setting(LAP_MIX_MEETINGS_AND_DUES=True)
    assert found(months(3, 7), months(5)) == [("mixed", [3, 5, 7])]
    assert found(months(3, 7), months(7)) == [], "one month is one month"


def test_a_rolling_window_looks_back_twelve_months(setting: Any) -> None:
    setting(LAP_WINDOW="rolling")
    assert windows(TODAY) == ((date(2025, 12, 1), date(2026, 11, 1)),)
    assert found([*months(12, year=2025), *months(1, 2)], []) == [("meetings", [12, 1, 2])]
    assert found([*months(11, year=2025), *months(1, 2)], []) == []


@pytest.mark.parametrize(
    ("levels", "flagged"),
    [
        ({2025: "not_completed", 2026: "not_completed"}, True),  # B41
        ({2026: "not_completed"}, False),
        ({2025: "completed", 2026: "not_completed"}, False),
        ({2024: "not_completed", 2026: "not_completed"}, False),
        ({2024: "not_completed", 2025: "not_completed", 2026: "completed"}, False),
        ({}, False),
    ],
)
def test_two_years_in_a_row(levels: dict[int, str], flagged: bool) -> None:
    both = (date(2025, 1, 1), date(2026, 1, 1))
    found = [Finding(Cause.CLASSIFICATION, both[0], both)] if flagged else []
    assert list(of_classification(levels, TODAY)) == found


@pytest.mark.parametrize(
    ("cause", "first"),
    [
        (Cause.DOSSIER, date(2026, 11, 2)), (Cause.CERTIFICATE, date(2026, 11, 2)), (Cause.LEAVE, date(2026, 11, 2)),
        (Cause.STAY, date(2026, 12, 2)),
    ],
)  # fmt: skip
def test_what_ends_is_flagged_so_many_days_before_and_for_as_long_as_it_stands(cause: Cause, first: date) -> None:
    ends = date(2027, 1, 1)

    def flagged(today: date) -> list[Finding]:
        return list(of_ending(cause, ends, today, asked=True))

    assert flagged(first - timedelta(days=1)) == []
    assert flagged(first) == flagged(date(2028, 1, 1)) == [Finding(cause, first, (), ends, asked=True)]


def test_every_cause_has_its_rule_and_its_task_in_the_law() -> None:
    known = {row.id for row in law.rules()}
    assert set(flagging.RULES) == set(flagging.TASKS) == set(Cause)
    assert {*flagging.RULES.values(), *flagging.TASKS.values(), *flagging.WARNS.values()} <= known


@pytest.mark.parametrize(
    ("step", "facts", "causes"),
    [
        ("membership.consider", {"ground": "meetings"}, {"meetings", "mixed"}),
        ("membership.consider", {"ground": "dues"}, {"dues", "mixed"}),
        ("membership.consider", {"ground": "classification"}, {"classification"}),
        ("membership.record_lapse", {"ground": "dues", "months": 3}, {"dues", "mixed"}),
        ("removal.open", {"ground": "activity_dropped", "months": 3}, {"meetings", "mixed"}),
        ("removal.open", {"ground": "dues_unpaid"}, {"dues", "mixed"}),
        ("removal.open", {"ground": "standards_violated"}, {"classification"}),
        ("removal.open", {"ground": "political_standards"}, set()),
        ("removal.keep", {"ground": "activity_dropped"}, set()),
        ("screening.open", {"criterion": "not_completed"}, {"classification"}),
        ("screening.open", {"criterion": "other"}, set()),
        ("screening.open", {}, set()),
    ],
)
def test_a_flag_is_answered_by_what_is_about_its_cause(step: str, facts: dict[str, Any], causes: set[str]) -> None:
    assert {one.value for one in flagging.answered(step, facts)} == causes


def test_every_answer_is_a_choice_of_a_step_and_every_question_can_be_answered() -> None:
    """The tasks that a flag alone opens: what ends (a leave, papers) is met by its own case."""
    for cause in (Cause.MEETINGS, Cause.DUES, Cause.MIXED, Cause.CLASSIFICATION):
        assert flagging.answers_to(cause)
        for code, name, value in flagging.answers_to(cause):
            lifecycle, _, step = code.partition(".")
            (asked,) = [fact for fact in catalogue.steps(lifecycle)[step].facts if fact.name == name]
            assert value in dict(asked.choices), (code, value)
    assert flagging.answers_to(Cause.LEAVE) == ()
    assert flagging.tasks_met_by("removal.open") == ("TASK.CONSIDER_LAPSE", "TASK.CONSIDER_SCREENING")
    assert flagging.tasks_met_by("removal.keep") == ()


def test_what_a_lapse_claims_is_compared_in_the_same_windows(setting: Any) -> None:
    setting(LAP_WINDOW="rolling")
    across = [*months(3, 10), date(2027, 2, 1)]  # the first and the last month of the twelve
    for claimed, answered in ((3, []), (4, ["Caution:lapse.fewer_on_record"])):
        assert codes(months_as_counted, counted("meetings", claimed, meetings=across)) == answered
