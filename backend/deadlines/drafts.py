"""From a clock of a page to a deadline: the version of the law, the arithmetic, its explanation, the plan of its rungs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import override

from backend.deadlines.explaining import arithmetic, reminding
from backend.deadlines.planning import early_day, plan
from workflows import law
from workflows.clocks import term_end
from workflows.law import Rule
from workflows.vocabulary import Clock, Situation
from workflows.workdays import Calendar


@dataclass(frozen=True)
class Draft:
    """A deadline before it is written; the fields are columns of Deadline."""

    rule_id: str
    rule_version: str
    firmness: str
    start_label: str
    started_on: date
    opened_on: date
    due_on: date
    early_on: date | None
    alternatives: list[dict[str, Any]]
    explanation: Mapping[str, Any]
    ladder: str
    rung_days: list[date | None]
    next_rung: int | None
    next_rung_on: date | None

    def columns(self) -> dict[str, Any]:
        """The columns by name."""
        return dict(vars(self))


def draft(clock: Clock, situation: Situation) -> Draft | None:
    """The deadline that a clock opens in a situation; None where it does not start (no day, another province's rule)."""
    start = clock.start(situation)
    if start is None:
        return None
    chosen = clock.select(situation) if clock.select else start
    rule = situation.rule(clock.rule, chosen)
    if not rule.binds(situation.packs):
        situation.used.pop(clock.rule, None)
        return None
    due = clock.due(situation, start) if clock.due else term_end(rule, start, situation.calendar)
    others = _others(clock, situation, rule, start, chosen)
    reminder = clock.remind(situation.meeting_reminder_day, situation.packs, start) if clock.remind else None
    situation.used.update(reminder.rules if reminder else {})
    early = early_day(due, others, reminder, situation.calendar)
    explanation = arithmetic(rule, start, due, situation.calendar, own=clock.due is not None)
    explanation |= reminding(reminder, early)
    with override(None):  # the msgid: readers translate it into their own language
        label = str(clock.start_label)
    rungs = plan(rule.id, due, early, situation.calendar, rule.firmness, situation.today)
    return Draft(
        rule.id, rule.version, rule.firmness, label, start, situation.today, due, early, others, explanation,
        rungs.ladder, rungs.rung_days, rungs.next_rung, rungs.next_rung_on,
    )  # fmt: skip


def _others(clock: Clock, situation: Situation, rule: Rule, start: date, chosen: date) -> list[dict[str, Any]]:
    """Other results people must see: a conflicting source's, and the neighbouring version's near a change."""
    if clock.due is not None:
        return []
    found = []
    if isinstance(rule.alt, int):
        found.append(_reading(rule, start, situation.calendar, rule.alt))
    begins = (clock.also_from(situation) if clock.also_from else None) or start
    legal = term_end(rule, start, situation.calendar)
    near = timedelta(days=law.rule("LAW.SHOW_BOTH", chosen).value)
    for other in law.versions(clock.rule):
        edge = max(other.from_ or date.min, rule.from_ or date.min)
        if other.version != rule.version and abs(edge - chosen) <= near:
            reading = _reading(other, begins, situation.calendar, other.value)
            if (begins, reading["due_on"]) != (start, legal.isoformat()):
                found.append(reading)
    return found


def _reading(rule: Rule, start: date, calendar: Calendar, amount: int) -> dict[str, Any]:
    """Another result, with what is needed to count it again when a holiday changes (`amount` of working days)."""
    day = term_end(rule, start, calendar, amount)
    found = {"version": rule.version, "started_on": start.isoformat(), "due_on": day.isoformat()}
    return {**found, "amount": amount} if rule.unit == "working_days" else found
