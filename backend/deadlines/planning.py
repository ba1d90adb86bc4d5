"""The plan of a deadline's rungs: their days, what comes next, what an acknowledgement or a new holiday moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.core import clock
from backend.deadlines.models import Deadline
from backend.organizations.laddering import ladder_called
from workflows.ladders import Ladder, Planned, Rung
from workflows.law import Firmness
from workflows.reminders import Reminder
from workflows.workdays import Calendar

PLACES = 62
"""As many rungs as `rungs_done` has bits for; a deadline that had so many ladders keeps the last one."""


@dataclass(frozen=True)
class Plan:
    """Columns of Deadline: one day per rung (null = left out), and the first rung that has no outcome yet."""

    ladder: str
    rung_days: list[date | None]
    next_rung: int | None
    next_rung_on: date | None
    ladder_from: int = 0
    levels_told: Sequence[int] = ()


def early_day(
    due_on: date, others: Iterable[Mapping[str, Any]], reminder: Reminder | None, calendar: Calendar
) -> date | None:
    """The day from which reminders run: the earliest other reading, or the unit's reminder day, if it comes before."""
    days = [date.fromisoformat(one["due_on"]) for one in others]
    if reminder is not None:
        days.append(reminder.on(due_on, calendar))
    return min((day for day in days if day < due_on), default=None)


def plan(
    ladder: Ladder, due_on: date, early_on: date | None, calendar: Calendar, firmness: Firmness, opened_on: date
) -> Plan:
    """The days of a ladder for a deadline opened on a day."""
    return _planned(ladder, ladder.schedule(due_on, early_on, calendar, firmness, opened_on))


def rung_at(deadline: Deadline, place: int) -> Rung | None:
    """The rung at a place of the plan; None for those of an earlier ladder, and where the ladder no longer has it."""
    ladder, number = ladder_called(deadline.ladder), place - deadline.ladder_from
    return ladder.rungs[number] if ladder and 0 <= number < len(ladder.rungs) else None


def hold_climb(deadline: Deadline, level: int, until: date, calendar: Calendar) -> list[str]:
    """Somebody at `level` (levels above the acting office) has seen it: nobody above is told until after `until`.

    The rungs above that level keep their distances: all of them move so that the first comes on the first working
    day after `until`. Sets the deadline's fields (unsaved) and gives their names. Nothing else stops.
    """
    pending = {
        place: day
        for place, day in enumerate(deadline.rung_days)
        if day and not deadline.rungs_done >> place & 1 and (rung := rung_at(deadline, place)) and rung.up > level
    }
    first_allowed = calendar.next_working_day(until)
    if pending and min(pending.values()) < first_allowed:
        shift = calendar.working_days_between(min(pending.values()), first_allowed)
        for place, day in pending.items():
            deadline.rung_days[place] = calendar.add_working_days(day, shift)
    deadline.next_rung, deadline.next_rung_on = upcoming(deadline.rung_days, deadline.rungs_done)
    deadline.acknowledged_levels = {**deadline.acknowledged_levels, str(level): until.isoformat()}
    return ["rung_days", "next_rung", "next_rung_on", "acknowledged_levels"]


def first_held(deadline: Deadline, level: int) -> date | None:
    """The day of the first rung that an acknowledgement at `level` can hold back or spare; None where there is none.

    It holds what is to be said to levels above it that there are, and spares its own, if that is one above.
    """
    top = len(deadline.acting_path.strip("/").split("/")) - 1
    return min(
        (
            day
            for place, day in enumerate(deadline.rung_days)
            if day and not deadline.rungs_done >> place & 1 and (rung := rung_at(deadline, place))
            and max(level, 1) <= rung.up <= top
        ),
        default=None,
    )  # fmt: skip


def holding_from(first: date, working_days: int, calendar: Calendar) -> date:
    """The earliest day from which so many working days hold back a rung of the day `first`."""
    day, one = first, timedelta(days=1)
    while calendar.next_working_day(calendar.add_working_days(day - one, working_days)) > first:
        day -= one
    return day


def put_off(deadline: Deadline, until: date) -> list[str]:
    """The office that must act is not reminded before a day: its rungs of the days until then come on that day together.

    Sets the deadline's fields (unsaved) and gives their names. Nobody above is told later for it.
    """
    for place, day in enumerate(deadline.rung_days):
        rung = rung_at(deadline, place)
        if day and day < until and not deadline.rungs_done >> place & 1 and rung and rung.up == 0:
            deadline.rung_days[place] = until
    deadline.snoozed_until = until
    deadline.next_rung, deadline.next_rung_on = upcoming(deadline.rung_days, deadline.rungs_done)
    return ["rung_days", "next_rung", "next_rung_on", "snoozed_until"]


def replan(
    deadline: Deadline, ladder: Ladder, due_on: date, early_on: date | None, calendar: Calendar, firmness: Firmness
) -> Plan:
    """The plan under another due day, calendar or ladder. What was said stays said; a climb that is held is not hastened.

    A rung that was left out so far is said to a level that has been told only if its day is still to come, and, where
    another ladder's coming left it out (`_switched`), only to the office that must act and for another day to act by.
    Another ladder takes the places of one of which nothing was said, else the places after it.
    """
    kept = ladder_called(deadline.ladder)
    if kept and len(deadline.rung_days) + len(ladder.rungs) > PLACES:
        ladder = kept
    planned = ladder.schedule(due_on, early_on, calendar, firmness, deadline.opened_on)
    if ladder.name != deadline.ladder:
        return _switched(deadline, ladder, planned, due_on, calendar)
    held = min((int(level) for level in deadline.acknowledged_levels), default=None)
    base, told, moved = deadline.ladder_from, _told(deadline), list[Planned]()
    spared = range(base, len(deadline.rung_days)) if base else range(0)
    same_days = (due_on, early_on) == (deadline.due_on, deadline.early_on)
    for one in planned:
        place = base + one.rung
        day, before = one.day, _at(deadline.rung_days, place)
        if deadline.rungs_done >> place & 1:
            day = before or day
        elif (
            before is None
            and one.levels_up in told
            and (day < clock.today() or (place in spared and (one.levels_up or same_days)))
        ):
            continue
        elif held is not None and one.levels_up > held and before and before > day:
            day = calendar.on_or_after(before)
        elif deadline.snoozed_until and one.levels_up == 0:
            day = max(day, min(deadline.snoozed_until, due_on))
        moved.append(one._replace(day=day))
    return _planned(ladder, moved, deadline.rung_days[:base], deadline.rungs_done, deadline.levels_told)


def _switched(deadline: Deadline, ladder: Ladder, planned: Sequence[Planned], due_on: date, calendar: Calendar) -> Plan:
    """The plan when another ladder comes to hold: what lies in the past is said only to levels not yet told.

    A level above hears no rung again in place of one it has heard, whatever its day: as many of its first ones are left
    out. The office that must act, where it was reminded today, is not reminded today again.
    """
    done, today, said = deadline.rungs_done, clock.today(), sorted(_said(deadline))
    told, reminded, place_of = _told(deadline), _reminded(deadline), Counter[int]()
    base = len(deadline.rung_days) if done >> deadline.ladder_from else deadline.ladder_from
    before = [day if done >> place & 1 else None for place, day in enumerate(deadline.rung_days[:base])]
    moved = []
    for one in planned:
        seen = [until for level, until in acknowledged(deadline).items() if level < one.levels_up]
        day = max([one.day, *(calendar.next_working_day(until) for until in seen)])
        if deadline.snoozed_until and one.levels_up == 0:
            day = max(day, min(deadline.snoozed_until, due_on))
        place_of[one.levels_up] += 1
        again = place_of[one.levels_up] <= said.count(one.levels_up) if one.levels_up else day == reminded
        if one.levels_up not in told or (day >= today and not again):
            moved.append(one._replace(day=day))
    return _planned(ladder, moved, before, done, said)


def _said(deadline: Deadline) -> list[int]:
    """The levels above the acting office (0: that office) of all rungs that have their outcome, earlier ladders' too."""
    rungs = (rung_at(deadline, place) for place in range(len(deadline.rung_days)) if deadline.rungs_done >> place & 1)
    return [*deadline.levels_told, *(rung.up for rung in rungs if rung)]


def _reminded(deadline: Deadline) -> date | None:
    """The day of the last reminder of the acting office; what an earlier ladder said counts as one."""
    rungs = (
        (day, rung_at(deadline, place))
        for place, day in enumerate(deadline.rung_days)
        if deadline.rungs_done >> place & 1
    )
    return max((day for day, rung in rungs if day and (rung is None or rung.up == 0)), default=None)


def _told(deadline: Deadline) -> set[int]:
    """The levels of which a rung has its outcome; with any of them, the office that must act (0)."""
    return {0, *_said(deadline)} if deadline.rungs_done else set()


def upcoming(days: Sequence[date | None], done: int) -> tuple[int | None, date | None]:
    """The first rung without an outcome, by day and place."""
    left = [(day, place) for place, day in enumerate(days) if day and not done >> place & 1]
    day, place = min(left, default=(None, None))
    return place, day


def acknowledged(deadline: Deadline) -> Mapping[int, date]:
    """Levels that have seen the deadline, each with the day until which nobody above is told."""
    return {int(level): date.fromisoformat(until) for level, until in deadline.acknowledged_levels.items()}


def _planned(
    ladder: Ladder,
    planned: Sequence[Planned],
    before: Sequence[date | None] = (),
    done: int = 0,
    told: Sequence[int] = (),
) -> Plan:
    """The columns of a plan whose first rung comes after the places `before`; `told`: levels to which those were said."""
    days: list[date | None] = [*before, *[None] * len(ladder.rungs)]
    for one in planned:
        days[len(before) + one.rung] = one.day
    return Plan(ladder.name, days, *upcoming(days, done), len(before), told)


def _at(days: Sequence[date | None], place: int) -> date | None:
    return days[place] if place < len(days) else None
