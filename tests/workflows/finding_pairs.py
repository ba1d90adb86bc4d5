"""The guards of findings: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from tests.workflows.twins import situation
from workflows.guards import findings
from workflows.situation import Situation

ON = date(2026, 11, 2)
HERE, ELSEWHERE = "0199e2a0-0000-7000-8000-000000000001", "0199e2a0-0000-7000-8000-000000000002"


def about(*uids: str) -> Situation:
    """A finding that names entries; one of the two is of this unit."""
    return replace(situation(ON, facts={"entries": uids}), entries=lambda named: frozenset(named) & {HERE})


def raised(day: date) -> Situation:
    return replace(situation(ON), subject=SimpleNamespace(opened_on=day))


def taken(by: int | None, earlier: str) -> Situation:
    """A step of somebody, after person 5 has taken an earlier one."""
    return replace(situation(ON), user_id=by, recorded_by=lambda steps: 5 if [*steps] == [earlier] else None)


FINDINGS: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:day.before_earlier_step", findings.after_it_was_raised, raised(ON), raised(date(2026, 11, 3))),
    ("Refusal:finding.entries_elsewhere", findings.entries_of_the_unit, about(HERE), about(HERE, ELSEWHERE)),
    ("Refusal:finding.entries_elsewhere", findings.entries_of_the_unit, about(), about(ELSEWHERE)),
    ("Refusal:finding.own_finding", findings.another_answers, taken(6, "raise_it"), taken(5, "raise_it")),
    ("Refusal:finding.own_answer", findings.another_closes, taken(6, "answer"), taken(5, "answer")),
    ("Refusal:finding.own_answer", findings.another_closes, taken(None, "answer"), taken(5, "answer")),
]
