"""From a clock of a page to a deadline: the version of the law, the arithmetic, its explanation, the plan of its rungs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, cast

from django.utils.translation import override

from backend.deadlines.calendar import calendar
from backend.deadlines.counting import Counted, count
from backend.deadlines.explaining import arithmetic, in_hours, reminding
from backend.deadlines.planning import early_day, plan
from backend.organizations.laddering import ladder_called
from workflows import law
from workflows.ladders import ladder_for
from workflows.ladders.choosing import Chosen, holding
from workflows.law import Firmness
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
    counted = reckon(clock, situation)
    if counted is None:
        return None
    rule, start, due, others = counted.rule, counted.start, counted.due, counted.others
    if rule.scope and not rule.binds(situation.packs_on(start)):
        situation.used.pop(clock.rule, None)
        return None
    reminder = clock.remind(situation.meeting_reminder_day, situation.packs_on, start) if clock.remind else None
    situation.used.update(reminder.rules if reminder else {})
    early = early_day(due, others, reminder, situation.calendar)
    explanation = counted.explanation | reminding(reminder, early)
    with override(None):  # the msgid: readers translate it into their own language
        label = str(clock.start_label)
    packs = partial(situation.packs_on, start)
    rungs = plan(ladder_for(rule.id, packs), due, early, situation.calendar, rule.firmness, situation.today)
    return Draft(
        rule.id, rule.version, rule.firmness, label, start, situation.today, due, early, others, explanation,
        rungs.ladder, rungs.rung_days, rungs.next_rung, rungs.next_rung_on,
    )  # fmt: skip


def laddered(drafted: Draft, chosen: Sequence[Chosen]) -> Draft:
    """The same under the ladder that its unit, or the nearest above it, settled for the rule."""
    one = holding(drafted.rule_id, drafted.due_on, chosen)
    ladder = ladder_called(one.ladder) if one is not None else None
    if ladder is None or ladder.name == drafted.ladder:
        return drafted
    firmness = cast("Firmness", drafted.firmness)
    rungs = plan(ladder, drafted.due_on, drafted.early_on, calendar(), firmness, drafted.opened_on)
    return replace(
        drafted,
        ladder=rungs.ladder,
        rung_days=rungs.rung_days,
        next_rung=rungs.next_rung,
        next_rung_on=rungs.next_rung_on,
    )


def reckon(clock: Clock, situation: Situation) -> Counted | None:
    """The sum of a clock in a situation, whichever province it lies in; None where the clock does not start.

    The explanation keeps the figures that the start `rests` on: a later count tells by them what has moved it.
    """
    asked = replace(situation, used={})
    start = clock.start(asked)
    situation.used.update(asked.used)
    if start is None:
        return None
    rests = {one: law.by_version(version).value for one, version in sorted(asked.used.items()) if one != clock.rule}
    counted = _counted(clock, situation, start)
    return replace(counted, explanation=counted.explanation | ({"rests": rests} if rests else {}))


def _counted(clock: Clock, situation: Situation, start: date) -> Counted:
    chosen = clock.select(situation) if clock.select else start
    rule = situation.rule(clock.rule, chosen)
    if clock.due is None:
        begins = (clock.also_from(situation) if clock.also_from else None) or start
        return count(rule, start, chosen, begins, situation.calendar)
    due = clock.due(situation, start)
    said = arithmetic(rule, start, due, situation.calendar, own=True)
    until = clock.until(situation) if clock.until else None
    return Counted(rule, start, due, [], in_hours(rule, until) if until else said)
