"""The first day on which a page offers a step is the first one that the step's own guards take."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.workflows.twins import codes, situation
from workflows.catalogue import LIFECYCLES
from workflows.guards.dues_relief import relief_is_over
from workflows.guards.meetings import in_its_time
from workflows.guards.probation import after_the_twelve_months
from workflows.timed import Days


@pytest.mark.parametrize(
    ("step", "past", "first", "guard"),
    [
        ("recognition.propose", {"ceremony_on": "2025-11-10"}, date(2026, 11, 11), after_the_twelve_months),
        ("recognition.record_neither", {"ceremony_on": "2024-02-29"}, date(2025, 3, 1), after_the_twelve_months),
        ("recognition.report_upward", {"ceremony_on": "2025-11-10"}, date(2026, 11, 11), after_the_twelve_months),
        ("meeting.hold", {"kind": "regular", "month": "2026-12-15"}, date(2026, 12, 1), in_its_time),
        ("meeting.hold", {"kind": "thematic", "month": "2026-12-15"}, date(2026, 10, 1), in_its_time),
        ("dues_relief.close", {"last_month": "2027-02-03"}, date(2027, 3, 1), relief_is_over),
    ],
)
def test_the_guard_refuses_the_day_before_and_takes_the_day(
    step: str, past: dict[str, Any], first: date, guard: Any
) -> None:
    key, _, name = step.partition(".")
    declared = LIFECYCLES[key].steps()[name]
    assert declared.first_on is not None
    assert declared.first_on(Days(past)) == first
    assert declared.first_on(Days({})) is None
    assert guard in declared.guards
    refused = [
        [one[:8] for one in codes(guard, situation(on=first - timedelta(days=days), past=past))] for days in (1, 0)
    ]
    assert refused == [["Refusal:"], []]


def test_every_step_that_declares_a_first_day_is_tried() -> None:
    found = {f"{key}.{one.name}" for key, page in LIFECYCLES.items() for one in page.steps().values() if one.first_on}
    assert found == {
        "recognition.propose", "recognition.record_neither", "recognition.report_upward", "meeting.hold", "dues_relief.close",
    }  # fmt: skip
