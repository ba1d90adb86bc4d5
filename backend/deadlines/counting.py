"""A term counted from a start: the legal day, the other results people must see, and the sum in words.

Used when a deadline opens and again when the law or the calendar has changed: both give the same for the same law.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from backend.deadlines.explaining import arithmetic
from backend.deadlines.models import Deadline
from workflows import law
from workflows.catalogue import own_days
from workflows.clocks import term_end
from workflows.law import Rule
from workflows.uses import counted_from_case
from workflows.workdays import Calendar

WORKING_DAYS = ("working_days", "working_days_without")
"""Codes of explanations whose sum a holiday changes."""


@dataclass(frozen=True)
class Counted:
    """The legal day by a version of the law, other readings of it, and the arithmetic as codes and values."""

    rule: Rule
    start: date
    due: date
    others: list[dict[str, Any]]
    explanation: dict[str, Any]


FromCases = Callable[[Sequence[Deadline], Calendar], Mapping[int, Counted]]
_from_cases: list[FromCases] = []


def counts_from_cases(counter: FromCases) -> None:
    """The room above says how deadlines are counted whose days follow from what their cases were told."""
    _from_cases[:] = [counter]


def count(rule: Rule, start: date, chosen: date, begins: date, calendar: Calendar) -> Counted:
    """The sum of a rule. `chosen` picked its version; `begins` is where a neighbouring version would start."""
    due = term_end(rule, start, calendar)
    kept = {name: day.isoformat() for name, day in (("selected", chosen), ("also", begins)) if day != start}
    others = other_readings(rule, start, chosen, begins, calendar)
    return Counted(rule, start, due, others, arithmetic(rule, start, due, calendar) | kept)


def count_again(deadlines: Sequence[Deadline], calendar: Calendar) -> dict[int, Counted]:
    """The same for open deadlines, under the law and the calendar as they stand now; by id.

    Most are counted from what they have kept themselves. Those whose start or day is a matter of their cases are counted
    as when they were opened; where the event that opened them is none of a case's, the start and the version stay.
    """
    read = counted_from_case()
    wanted = [one for one in deadlines if one.rule_id in read]
    looked_up = {key: one for counter in _from_cases if wanted for key, one in counter(wanted, calendar).items()}
    return {one.pk: looked_up.get(one.pk) or _from_what_is_kept(one, calendar) for one in deadlines}


def _from_what_is_kept(deadline: Deadline, calendar: Calendar) -> Counted:
    start, kept = deadline.started_on, deadline.explanation
    if deadline.rule_id in own_days():
        return _own_again(deadline, calendar)
    chosen, begins = (date.fromisoformat(kept[name]) if name in kept else start for name in ("selected", "also"))
    counted = count(law.rule(deadline.rule_id, chosen), start, chosen, begins, calendar)
    return replace(counted, explanation=counted.explanation | _rests(kept))


def _rests(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {"rests": kept["rests"]} if "rests" in kept else {}


def _own_again(deadline: Deadline, calendar: Calendar) -> Counted:
    kept, rule, start = deadline.explanation, law.by_version(deadline.rule_version), deadline.started_on
    if kept.get("code") not in WORKING_DAYS:
        said = {name: value for name, value in kept.items() if name != "remind"}
        return Counted(rule, start, deadline.due_on, deadline.alternatives, said)
    due = calendar.add_working_days(start, int(kept["amount"]))
    said = arithmetic(rule, start, due, calendar, amount=kept["amount"]) | _rests(kept)
    return Counted(rule, start, due, deadline.alternatives, said)


def _neighbours(rule: Rule) -> list[Rule]:
    """The versions just before and just after."""
    all_of = law.versions(rule.id)
    at = [one.version for one in all_of].index(rule.version)
    return [*all_of[max(at - 1, 0) : at], *all_of[at + 1 : at + 2]]


def other_readings(rule: Rule, start: date, chosen: date, begins: date, calendar: Calendar) -> list[dict[str, Any]]:
    """Other results people must see: a conflicting source's, and the neighbouring version's near a change."""
    found = [_reading(one, start, calendar, one.value) for one in rule.readings]
    legal = term_end(rule, start, calendar)
    near = timedelta(days=law.rule("LAW.SHOW_BOTH", chosen).value)
    for other in _neighbours(rule):
        edge = max(other.from_ or date.min, rule.from_ or date.min)
        if abs(edge - chosen) <= near:
            begun = start if other.start == rule.start else begins
            readings = [_reading(one, begun, calendar, one.value) for one in (other, *other.readings)]
            found += [one for one in readings if (begun, one["due_on"]) != (start, legal.isoformat())]
    return found


def _reading(rule: Rule, start: date, calendar: Calendar, amount: int) -> dict[str, Any]:
    day = term_end(rule, start, calendar, amount)
    found = {"version": rule.version, "started_on": start.isoformat(), "due_on": day.isoformat()}
    return {**found, "amount": amount} if rule.unit == "working_days" else found
