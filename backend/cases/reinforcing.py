"""A cell with fewer official members than ORG.CELL_MIN asks for is a task for its base committee (scenario B17).

Such a cell can decide nothing: members are assigned to it, or it is merged. Exactly one task is open for a cell while it is
short: it still stands, and of the official members it has or ever had too few are left (a cell that is being set up has had
none). The task follows each event that changes their number, in the same transaction: a step opens it or meets it; by a
void, or with the cell's end, it is cancelled. It runs from the day on which it was found, and is met no sooner, whatever day
an entry that came late is of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_noop

from backend.audit.record import Entry
from backend.cases.orders import Loaded, UnitRow
from backend.core import clock
from backend.core.db import execute
from backend.deadlines.calendar import calendar
from backend.deadlines.drafts import draft
from workflows import law
from workflows.offices import Level
from workflows.standings import Standing
from workflows.vocabulary import Clock, Situation

if TYPE_CHECKING:  # it calls what is here
    from backend.cases.changes import Changes

KIND = "unit"
TASK = "TASK.REINFORCE_CELL"
CLOCK = Clock(TASK, lambda situation: situation.today, Level.BASE, gettext_noop("Found by counting"))
_STRENGTHS = """
    SELECT u.id, u.code, stand.official, u.level = 'cell' AND u.closed_on IS NULL AND stand.official < %(least)s
        AND (stand.official > 0 OR EXISTS (SELECT FROM members_spell s
          WHERE s.unit_id = u.id AND s.standing = 'official' AND s.retracted_at IS NULL)),
      task.count, task.opened_on
    FROM organizations_unit u CROSS JOIN LATERAL (
      SELECT count(*) AS official FROM (SELECT FROM members_member m
        WHERE m.unit_id = u.id AND m.standing = 'official' LIMIT %(least)s) AS counted) AS stand
    CROSS JOIN LATERAL (
      SELECT count(*) AS count, max(d.opened_on) AS opened_on FROM deadlines_deadline d
      WHERE d.subject_kind = 'unit' AND d.subject_id = u.id AND d.rule_id = %(task)s AND d.status = 'open') AS task
    WHERE u.id = ANY (%(units)s) ORDER BY u.id"""
_VOIDED = """
    SELECT d.subject_id, d.{event} FROM deadlines_deadline d JOIN audit_event e ON e.voids = d.{event}
    WHERE d.subject_kind = 'unit' AND d.subject_id = ANY (%s) AND d.rule_id = %s AND d.status {open} 'open'"""
_BY_CLOSER, _BY_OPENER = _VOIDED.format(event="closed_by", open="<>"), _VOIDED.format(event="occurrence", open="=")


@dataclass(frozen=True)
class Shift:
    """The last event of a run that changed how many official members a unit has."""

    unit: UnitRow
    entry: Entry


@dataclass(frozen=True)
class Strength:
    """How a unit stands: official members (counted no further than needed), how many of its tasks are open, and since when."""

    unit_id: int
    code: str
    official: int
    is_short: bool
    tasks: int
    opened_on: date | None


def recounted(was: tuple[str, int], now: tuple[str, int]) -> set[int]:
    """The units whose official members become more or fewer when one goes from a standing in a unit to another."""
    before, after = ({unit} if standing == Standing.OFFICIAL else set() for standing, unit in (was, now))
    return before ^ after


def least(today: date) -> int:
    """How many official members a cell must have."""
    return int(law.rule("ORG.CELL_MIN", today).value)


def strengths(units: Collection[int], today: date) -> list[Strength]:
    """How units stand now, in order of id, as far as the transaction's scope reaches."""
    values = {"units": list(units), "least": least(today), "task": TASK}
    return [Strength(*row) for row in execute(_STRENGTHS, values, prepared=len(units) == 1)]


def settle(changes: Changes, shifts: Mapping[int, Shift]) -> int:
    """Open and close the tasks of units whose number has changed, once that is written; how many were opened."""
    if any(shift.entry.voids is not None for shift in shifts.values()):
        _take_back(changes, shifts)
    today = clock.today()
    differing = [one for one in strengths(shifts, today) if one.is_short != bool(one.tasks)]
    opening = [one for one in differing if one.is_short]
    if opening:
        _open(changes, shifts, opening, today)
    for one in differing:
        if one.opened_on is not None:  # not short, and a task is open
            entry = shifts[one.unit_id].entry
            met = (TASK,) if entry.voids is None and one.official >= least(today) else ()
            changes.close(KIND, one.unit_id, max(entry.on, one.opened_on), entry.uid, met=met, cancelled=(TASK,))
    changes.write()
    return len(opening)


def _take_back(changes: Changes, shifts: Mapping[int, Shift]) -> None:
    """What a voided event closed is open again, in the place of any younger one; then what one opened is cancelled."""
    for unit_id, voided in _voided(_BY_CLOSER, shifts):
        entry = shifts[unit_id].entry
        changes.close(KIND, unit_id, entry.on, entry.uid, cancelled=(TASK,))
        changes.undo(KIND, unit_id, voided, entry.uid)
    changes.write()
    for unit_id, voided in _voided(_BY_OPENER, shifts):
        changes.undo(KIND, unit_id, voided, shifts[unit_id].entry.uid)
    changes.write()


def _voided(statement: str, shifts: Mapping[int, Shift]) -> Iterator[tuple[int, UUID]]:
    yield from execute(statement, [list(shifts), TASK])


def _open(changes: Changes, shifts: Mapping[int, Shift], cells: Collection[Strength], today: date) -> None:
    """A task of today for each, the same but for its place."""
    drafted = draft(CLOCK, Situation(on=today, today=today, facts={}, calendar=calendar(), look_up=law.rule))
    if drafted is None:
        raise AssertionError("the clocks of tasks always start")  # this one on the day on which it is found
    for one in cells:
        shift = shifts[one.unit_id]
        changes.open(drafted, CLOCK, KIND, one.unit_id, Loaded(shift.unit), shift.entry, one.code)
