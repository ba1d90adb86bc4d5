"""The starts of clocks, and the arithmetic of a term."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from workflows.law import Rule
from workflows.situation import Situation
from workflows.workdays import Calendar, add_months

Start = Callable[[Situation], date | None]


class NoArithmetic(ValueError):
    """The rule is no sum of days or months, and its clock gives no day of its own."""


def term_end(rule: Rule, start: date, calendar: Calendar, amount: int | None = None) -> date:
    """The last day of a rule's term from a start (day 0). Raises NoArithmetic where it cannot be counted."""
    value = rule.value if amount is None else amount
    if not isinstance(value, int) or isinstance(value, bool):
        raise NoArithmetic(f"{rule.version} is no term that can be counted; give its clock a `due`.")
    if rule.unit == "working_days":
        return calendar.add_working_days(start, value)
    if rule.unit == "days":
        return start + timedelta(days=value)
    if rule.unit == "months":
        return add_months(start, value)
    raise NoArithmetic(f"{rule.version} counts in {rule.unit!r}; give its clock a `due`.")


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
