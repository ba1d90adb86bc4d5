"""A term counted from a start: the legal day, the other results people must see, and the sum in words.

Used when a deadline opens and again when the law or the calendar has changed: both give the same for the same law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.deadlines.explaining import arithmetic
from backend.deadlines.models import Deadline
from workflows import law
from workflows.catalogue import own_days
from workflows.clocks import term_end
from workflows.law import Rule
from workflows.workdays import Calendar

COUNTED = ("working_days", "working_days_without")
"""Codes of explanations whose sum a holiday changes."""


@dataclass(frozen=True)
class Counted:
    """The legal day by a version of the law, other readings of it, and the arithmetic as codes and values."""

    rule: Rule
    due: date
    others: list[dict[str, Any]]
    explanation: dict[str, Any]


def count(rule: Rule, start: date, chosen: date, begins: date, calendar: Calendar) -> Counted:
    """The sum of a rule. `chosen` picked its version; `begins` is where a neighbouring version would start."""
    due = term_end(rule, start, calendar)
    kept = {name: day.isoformat() for name, day in (("selected", chosen), ("also", begins)) if day != start}
    others = other_readings(rule, start, chosen, begins, calendar)
    return Counted(rule, due, others, arithmetic(rule, start, due, calendar) | kept)


def count_again(deadline: Deadline, calendar: Calendar) -> Counted:
    """The same for a deadline that is open, from what it has kept, under the law and the calendar as they stand now.

    Where the page's clock gives a day of its own, the version stays and only what the calendar changes is counted again.
    """
    start, kept = deadline.started_on, deadline.explanation
    if deadline.rule_id in own_days():
        return _own_again(deadline, calendar)
    chosen, begins = (date.fromisoformat(kept[name]) if name in kept else start for name in ("selected", "also"))
    return count(law.rule(deadline.rule_id, chosen), start, chosen, begins, calendar)


def _own_again(deadline: Deadline, calendar: Calendar) -> Counted:
    kept, rule = deadline.explanation, law.by_version(deadline.rule_version)
    if kept.get("code") not in COUNTED:
        said = {name: value for name, value in kept.items() if name != "remind"}
        return Counted(rule, deadline.due_on, deadline.alternatives, said)
    due = calendar.add_working_days(deadline.started_on, int(kept["amount"]))
    said = arithmetic(rule, deadline.started_on, due, calendar, amount=kept["amount"])
    return Counted(rule, due, deadline.alternatives, said)


def other_readings(rule: Rule, start: date, chosen: date, begins: date, calendar: Calendar) -> list[dict[str, Any]]:
    """Other results people must see: a conflicting source's, and the neighbouring version's near a change."""
    found = [_reading(one, start, calendar, one.value) for one in rule.readings]
    legal = term_end(rule, start, calendar)
    near = timedelta(days=law.rule("LAW.SHOW_BOTH", chosen).value)
    for other in law.versions(rule.id):
        edge = max(other.from_ or date.min, rule.from_ or date.min)
        if other.version != rule.version and abs(edge - chosen) <= near:
            reading = _reading(other, begins, calendar, other.value)
            if (begins, reading["due_on"]) != (start, legal.isoformat()):
                found.append(reading)
    return found


def _reading(rule: Rule, start: date, calendar: Calendar, amount: int) -> dict[str, Any]:
    day = term_end(rule, start, calendar, amount)
    found = {"version": rule.version, "started_on": start.isoformat(), "due_on": day.isoformat()}
    return {**found, "amount": amount} if rule.unit == "working_days" else found
