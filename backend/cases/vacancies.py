"""A unit where nobody is told of its deadlines any more is a task for the level right above (docs/adr/0012).

Nobody is told where no office of `TOLD`, nor the substitute of one, is held by an active account: a cell without secretary
and deputy, a committee without secretary and organisation officer. One task for each vacancy, only where somebody was
there before: a tree that has just been brought in is a matter of setting up. It is met when somebody sits there again, and
cancelled when the unit closes. Holdings end by their day and not by an event, so that a standing job looks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop
from psycopg.types.json import Jsonb

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.record import Entry
from backend.cases.changes import Changes
from backend.cases.durable import durable
from backend.cases.loading import lock_units
from backend.cases.orders import Loaded, UnitRow
from backend.core.db import WHOLE, execute, scope
from backend.core.nudge import nudge
from backend.deadlines.calendar import calendar
from backend.deadlines.drafts import draft
from backend.organizations.models import Unit
from backend.organizations.tree import entry_of
from workflows import law
from workflows.offices import LADDER, SUBSTITUTES, TOLD, Level
from workflows.vocabulary import Clock, Situation

KIND = "unit"
TASK = "TASK.FILL_SEAT"
CLOCK = Clock(TASK, lambda situation: situation.today, Level.BASE, gettext_noop("Found by counting"))
_DIFFERING = """
WITH told AS (
  SELECT * FROM jsonb_to_recordset(%(offices)s::jsonb) AS o(level text, office text)
), seat AS MATERIALIZED (
  SELECT a.unit_id, bool_or(u.is_active AND coalesce(a.to_date, 'infinity') >= %(today)s::date) AS held,
    max(least(a.to_date, %(today)s::date - 1)) AS last_day
  FROM accounts_assignment a
  JOIN accounts_user u ON u.id = a.user_id
  JOIN organizations_unit n ON n.id = a.unit_id AND n.parent_id IS NOT NULL AND n.closed_on IS NULL
  JOIN told ON told.level = n.level AND told.office = a.office
  WHERE a.member_id IS NULL AND a.from_date <= %(today)s::date{chosen}
  GROUP BY a.unit_id
)
SELECT s.unit_id, s.last_day, NOT s.held AS empty
FROM seat s LEFT JOIN deadlines_deadline d
  ON d.subject_kind = 'unit' AND d.subject_id = s.unit_id AND d.rule_id = %(task)s AND d.status = 'open'
WHERE s.held = (d.id IS NOT NULL) ORDER BY s.unit_id"""
_ALL, _CHOSEN = _DIFFERING.format(chosen=""), _DIFFERING.format(chosen=" AND a.unit_id = ANY (%(units)s)")


@dataclass(frozen=True)
class Seat:
    """A unit whose task does not stand as its offices do; `last_day` is the last on which somebody sat there."""

    unit_id: int
    last_day: date
    empty: bool


def follow_vacancies(today: date) -> int:
    """Open and meet the tasks of units that fell vacant or are so no longer; how many were opened or met.

    A second run finds nothing left; of two at once the later one waits for the unit, looks again, and passes on.
    """
    with transaction.atomic():
        scope(WHOLE)
        found = differing(today)
    done = sum(_follow(seat.unit_id, today) for seat in found)
    if done:
        nudge("jobs.seal")
    return done


def differing(today: date, units: Collection[int] | None = None) -> list[Seat]:
    """The units where the task and the offices differ, of some units or of all, as far as the scope reaches."""
    values: dict[str, Any] = {"today": today, "task": TASK, "offices": Jsonb(_offices())}
    rows = execute(_ALL, values) if units is None else execute(_CHOSEN, {**values, "units": list(units)})
    return [Seat(*row) for row in rows]


def _offices() -> list[dict[str, str]]:
    """Who hears of a unit's deadlines: the offices told at its level, and their substitutes."""
    pairs = {(level, one) for level, told in TOLD.items() for office in told for one in (office, SUBSTITUTES[office])}
    return [{"level": level.value, "office": office.value} for level, office in sorted(pairs)]


def _follow(unit_id: int, today: date) -> int:
    with durable():
        scope(WHOLE)
        found = lock_units([unit_id])
        seats = differing(today, found)
        for seat in seats:
            _write(found[unit_id], seat, today)
    return len(seats)


def _write(row: UnitRow, seat: Seat, today: date) -> None:
    unit = Unit.objects.get(pk=row.id)
    unit.version += 1
    unit.save(update_fields=["version"])
    code = EventCode.UNIT_SEAT_EMPTY if seat.empty else EventCode.UNIT_SEAT_FILLED
    since = {"since": (seat.last_day + timedelta(days=1)).isoformat()} if seat.empty else {}
    entry, changes = entry_of(Actor.system().who(), unit, code, today, since), Changes()
    if seat.empty:
        entry = _open(changes, row, unit.code, entry, today)
    else:
        changes.close(KIND, row.id, today, entry.uid, met=(TASK,))
    changes.log(entry)
    changes.write()


def _open(changes: Changes, row: UnitRow, code: str, entry: Entry, today: date) -> Entry:
    """A task of the day on which it was found, for the level right above; the entry with the rule it stands on."""
    situation = Situation(on=today, today=today, facts={}, calendar=calendar(), look_up=law.rule)
    above = LADDER[LADDER.index(row.level) + 1]
    drafted = draft(replace(CLOCK, acting=above), situation)
    if drafted is None:
        raise AssertionError("the clocks of tasks always start")  # this one on the day on which it is found
    changes.open(drafted, replace(CLOCK, acting=above), KIND, row.id, Loaded(row), entry, code)
    return replace(entry, rules=dict(situation.used))
