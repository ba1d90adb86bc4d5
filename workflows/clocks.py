"""From a clock to its days: when it starts, when it is due, from when to remind, and what else could be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.law import Rule, versions
from workflows.situation import Situation
from workflows.vocabulary import Clock
from workflows.workdays import Calendar, add_months

Start = Callable[[Situation], date | None]


@dataclass(frozen=True)
class Term:
    """What a clock came to.

    `due_on` is the legal day. `alternatives` are other readings, each with the name of its version; where one is
    earlier than the legal day, reminders run from `early_on`.
    """

    rule: Rule
    started_on: date
    due_on: date
    early_on: date | None = None
    alternatives: tuple[tuple[str, date], ...] = ()


def term_end(rule: Rule, start: date, calendar: Calendar, amount: int | None = None) -> date:
    """The last day of a rule's term from a start (day 0). TypeError or ValueError where it cannot be counted."""
    value = rule.value if amount is None else amount
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{rule.version} is no term that can be counted; give its clock a `due`.")
    if rule.unit == "working_days":
        return calendar.add_working_days(start, value)
    if rule.unit == "days":
        return start + timedelta(days=value)
    if rule.unit == "months":
        return add_months(start, value)
    raise ValueError(f"{rule.version} counts in {rule.unit!r}; give its clock a `due`.")


def compute(clock: Clock, situation: Situation) -> Term | None:
    """The days of a clock in a situation; None where it does not start here (no start day, a provincial rule)."""
    start = clock.start(situation)
    if start is None:
        return None
    rule = situation.rule(clock.rule, clock.select(situation) if clock.select else start)
    if not rule.binds(situation.packs):
        situation.used.pop(clock.rule, None)
        return None
    due = clock.due(situation, start) if clock.due else term_end(rule, start, situation.calendar)
    others: list[tuple[str, date]] = []
    if isinstance(rule.alt, int):
        others.append((f"{rule.version}/alt", term_end(rule, start, situation.calendar, rule.alt)))
    other = clock.also_from(situation) if clock.also_from else None
    if other is not None:
        name = next((one.version for one in versions(rule.id) if one.start != rule.start), rule.version)
        others.append((name, term_end(rule, other, situation.calendar)))
    early = min((day for _, day in others), default=due)
    return Term(rule, start, due, early if early < due else None, tuple(others))


def the_day(situation: Situation) -> date | None:
    """The step's own legal day."""
    return situation.on


def day_of(fact: str) -> Start:
    """The day (or the paper's date) that this step or an earlier one recorded."""
    return lambda situation: situation.day(fact)


def months_after(fact: str, rule_id: str) -> Start:
    """So many months of a rule after a recorded day, e.g. the end of the twelve months after the ceremony."""

    def start(situation: Situation) -> date | None:
        day = situation.day(fact)
        return add_months(day, situation.rule(rule_id, day).value) if day else None

    return start


def end_of(rule_id: str, fact: str) -> Start:
    """The due day of another term that started on a recorded day (an extension starts where the term ended)."""

    def start(situation: Situation) -> date | None:
        day = situation.day(fact)
        return term_end(situation.rule(rule_id, day), day, situation.calendar) if day else None

    return start
