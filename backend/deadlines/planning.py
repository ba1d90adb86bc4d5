"""The plan of a deadline's rungs: their days, what comes next, what an acknowledgement or a new holiday moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.deadlines.models import Deadline
from workflows.ladders import Planned, ladder_for
from workflows.law import Firmness
from workflows.reminders import Reminder
from workflows.workdays import Calendar


@dataclass(frozen=True)
class Plan:
    """Columns of Deadline: one day per rung (null = left out), and the first rung that has no outcome yet."""

    ladder: str
    rung_days: list[date | None]
    next_rung: int | None
    next_rung_on: date | None


def early_day(
    due_on: date, others: Iterable[Mapping[str, Any]], reminder: Reminder | None, calendar: Calendar
) -> date | None:
    """The day from which reminders run: the earliest other reading, or the unit's reminder day, if it comes before."""
    days = [date.fromisoformat(one["due_on"]) for one in others]
    if reminder is not None:
        days.append(reminder.on(due_on, calendar))
    return min((day for day in days if day < due_on), default=None)


def plan(
    rule_id: str, due_on: date, early_on: date | None, calendar: Calendar, firmness: Firmness, opened_on: date
) -> Plan:
    """The days of a rule's ladder for a deadline opened on a day."""
    return _planned(ladder_for(rule_id).schedule(due_on, early_on, calendar, firmness, opened_on), rule_id, 0)


def hold_climb(deadline: Deadline, level: int, until: date, calendar: Calendar) -> list[str]:
    """Somebody at `level` (levels above the acting office) has seen it: nobody above is told until after `until`.

    The rungs above that level keep their distances: all of them move so that the first comes on the first working
    day after `until`. Sets the deadline's fields (unsaved) and gives their names. Nothing else stops.
    """
    ladder = ladder_for(deadline.rule_id)
    pending = {
        place: day
        for place, day in enumerate(deadline.rung_days)
        if day and not deadline.rungs_done >> place & 1 and ladder.rungs[place].up > level
    }
    first_allowed = calendar.next_working_day(until)
    if pending and min(pending.values()) < first_allowed:
        shift = calendar.working_days_between(min(pending.values()), first_allowed)
        for place, day in pending.items():
            deadline.rung_days[place] = calendar.add_working_days(day, shift)
    deadline.next_rung, deadline.next_rung_on = upcoming(deadline.rung_days, deadline.rungs_done)
    deadline.acknowledged_levels = {**deadline.acknowledged_levels, str(level): until.isoformat()}
    return ["rung_days", "next_rung", "next_rung_on", "acknowledged_levels"]


def put_off(deadline: Deadline, until: date) -> list[str]:
    """The office that must act is not reminded before a day: its rungs of the days until then come on that day together.

    Sets the deadline's fields (unsaved) and gives their names. Nobody above is told later for it.
    """
    ladder = ladder_for(deadline.rule_id)
    for place, day in enumerate(deadline.rung_days):
        if day and day < until and not deadline.rungs_done >> place & 1 and ladder.rungs[place].up == 0:
            deadline.rung_days[place] = until
    deadline.snoozed_until = until
    deadline.next_rung, deadline.next_rung_on = upcoming(deadline.rung_days, deadline.rungs_done)
    return ["rung_days", "next_rung", "next_rung_on", "snoozed_until"]


def replan(deadline: Deadline, due_on: date, early_on: date | None, calendar: Calendar, firmness: Firmness) -> Plan:
    """The plan under another due day or calendar. What was said stays said; a climb that is held is not hastened."""
    held = min((int(level) for level in deadline.acknowledged_levels), default=None)
    planned = []
    ladder = ladder_for(deadline.rule_id)
    for one in ladder.schedule(due_on, early_on, calendar, firmness, deadline.opened_on):
        day, before = one.day, _at(deadline.rung_days, one.rung)
        if deadline.rungs_done >> one.rung & 1:
            day = before or day
        elif held is not None and one.levels_up > held and before and before > day:
            day = calendar.on_or_after(before)
        elif deadline.snoozed_until and one.levels_up == 0:
            day = max(day, min(deadline.snoozed_until, due_on))
        planned.append(one._replace(day=day))
    return _planned(planned, deadline.rule_id, deadline.rungs_done)


def upcoming(days: Sequence[date | None], done: int) -> tuple[int | None, date | None]:
    """The first rung without an outcome, by day and place."""
    left = [(day, place) for place, day in enumerate(days) if day and not done >> place & 1]
    day, place = min(left, default=(None, None))
    return place, day


def acknowledged(deadline: Deadline) -> Mapping[int, date]:
    """Levels that have seen the deadline, each with the day until which nobody above is told."""
    return {int(level): date.fromisoformat(until) for level, until in deadline.acknowledged_levels.items()}


def _planned(planned: Sequence[Planned], rule_id: str, done: int) -> Plan:
    ladder = ladder_for(rule_id)
    days: list[date | None] = [None] * len(ladder.rungs)
    for one in planned:
        days[one.rung] = one.day
    return Plan(ladder.name, days, *upcoming(days, done))


def _at(days: Sequence[date | None], place: int) -> date | None:
    return days[place] if place < len(days) else None
