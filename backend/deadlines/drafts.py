"""From a clock of a page to a deadline: the version of the law, the arithmetic, its explanation, the plan of its rungs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import override

from backend.deadlines.counting import Counted, count
from backend.deadlines.explaining import arithmetic, reminding
from backend.deadlines.planning import early_day, plan
from workflows.law import Rule
from workflows.vocabulary import Clock, Situation


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
    counted = _counted(clock, situation, rule, start, chosen)
    due, others = counted.due, counted.others
    reminder = clock.remind(situation.meeting_reminder_day, situation.packs, start) if clock.remind else None
    situation.used.update(reminder.rules if reminder else {})
    early = early_day(due, others, reminder, situation.calendar)
    explanation = counted.explanation | reminding(reminder, early)
    with override(None):  # the msgid: readers translate it into their own language
        label = str(clock.start_label)
    rungs = plan(rule.id, due, early, situation.calendar, rule.firmness, situation.today)
    return Draft(
        rule.id, rule.version, rule.firmness, label, start, situation.today, due, early, others, explanation,
        rungs.ladder, rungs.rung_days, rungs.next_rung, rungs.next_rung_on,
    )  # fmt: skip


def _counted(clock: Clock, situation: Situation, rule: Rule, start: date, chosen: date) -> Counted:
    if clock.due is None:
        begins = (clock.also_from(situation) if clock.also_from else None) or start
        return count(rule, start, chosen, begins, situation.calendar)
    due = clock.due(situation, start)
    return Counted(rule, due, [], arithmetic(rule, start, due, situation.calendar, own=True))
