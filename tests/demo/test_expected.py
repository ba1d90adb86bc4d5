"""The demo's own arithmetic of what must stand for each rung."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from demo.expected import Plan, Told, compare, due
from workflows.ladders import Ladder, read_rung

DEFAULTS: dict[str, Any] = {
    "side": "after", "unit": "days", "up": 0, "kind": "remind", "channels": ["inbox", "mail"], "critical": False
}  # fmt: skip
LADDER = Ladder(
    "two",
    (
        read_rung("two", DEFAULTS | {"offset": 1}),
        read_rung("two", DEFAULTS | {"offset": 2, "up": 1, "kind": "escalate", "channels": ["mail"]}),
    ),
)
FIRST, SECOND, LATER = date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 8)


def plan(opened: date = date(2027, 1, 1), closed: date | None = None, path: str = "/1/2/") -> Plan:
    return Plan(7, path, "two", [FIRST, SECOND], opened, closed)


def offices(unit: int) -> list[str]:
    return {1: ["secretary", "officer"], 2: ["cell"]}[unit]


def faults(found: dict[Told, int], **changes: Any) -> tuple[int, list[str]]:
    return compare([plan(**changes)], found, {"two": LADDER}, offices, LATER)


WHOLE = {
    Told(7, 0, 2, "cell", "inbox"): 1, Told(7, 0, 2, "cell", "mail"): 1,
    Told(7, 1, 1, "secretary", "mail"): 1, Told(7, 1, 1, "officer", "mail"): 1,
}  # fmt: skip


def test_each_office_and_channel_once_is_right() -> None:
    assert faults(WHOLE) == (4, [])


def test_missing_outcome_is_named() -> None:
    rest = {told: count for told, count in WHOLE.items() if told.office != "officer"}
    assert faults(rest) == (4, ["No outcome for deadline 7, rung 1, officer at unit 1 by mail."])


def test_outcome_written_twice_is_named() -> None:
    twice = WHOLE | {Told(7, 0, 2, "cell", "mail"): 2}
    assert faults(twice) == (4, ["2 outcomes for deadline 7, rung 0, cell at unit 2 by mail."])


def test_outcome_after_the_deadline_was_closed_is_named() -> None:
    count, said = faults(WHOLE, closed=FIRST)
    assert count == 0
    assert said == [
        "An outcome that was not due: deadline 7, rung 1, officer at unit 1 by mail.",
        "An outcome that was not due: deadline 7, rung 1, secretary at unit 1 by mail.",
    ]


def test_nobody_stands_above_the_root() -> None:
    found = {Told(7, 0, 1, "secretary", "inbox"): 1, Told(7, 0, 1, "secretary", "mail"): 1}
    found |= {Told(7, 0, 1, "officer", "inbox"): 1, Told(7, 0, 1, "officer", "mail"): 1, Told(7, 1, 1, "", "mail"): 1}
    assert faults(found, path="/1/") == (5, [])


@pytest.mark.parametrize(
    ("opened", "closed", "must", "may"),
    [
        (date(2027, 1, 1), None, {0, 1}, set()),
        (date(2027, 1, 1), SECOND, {0}, {1}),
        (SECOND, SECOND, set(), {0, 1}),  # opened late and closed the same day: the sweep may have come between
        (LATER, None, {0, 1}, set()),
        (date(2027, 1, 1), date(2027, 1, 2), set(), set()),
    ],
)
def test_rungs_due_by_the_days_of_opening_and_closing(
    opened: date, closed: date | None, must: set[int], may: set[int]
) -> None:
    assert due(plan(opened, closed), LATER) == (must, may)


def test_rung_ahead_is_not_due() -> None:
    assert due(plan(), FIRST) == ({0}, set())
