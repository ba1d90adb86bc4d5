"""A unit where nobody is told of its deadlines any more is a task for the level right above (docs/adr/0012).

Nobody is told where no office of `TOLD`, nor the substitute of one, is held by an active account: a cell without secretary
and deputy, a committee without secretary and organisation officer. One task for each vacancy, only where somebody was
there before: a tree that has just been brought in is a matter of setting up. It is met when somebody sits there again, and
cancelled when the unit closes. Holdings end by their day and not by an event, so that a standing job looks.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from backend.audit.codes import EventCode
from backend.cases.unit_tasks import Found, UnitTask, offices_told
from backend.core.db import execute

TASK = "TASK.FILL_SEAT"
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


def differing(today: date, units: Collection[int] | None = None) -> list[Found]:
    """The units where the task and the offices differ, of some units or of all, as far as the scope reaches.

    The event of a vacancy names its first day, the one after the last on which somebody sat there.
    """
    values: dict[str, Any] = {"today": today, "task": TASK, "offices": Jsonb(offices_told())}
    rows = execute(_ALL, values) if units is None else execute(_CHOSEN, {**values, "units": list(units)})
    return [
        Found(unit_id, empty, {"since": (last_day + timedelta(days=1)).isoformat()} if empty else {})
        for unit_id, last_day, empty in rows
    ]


VACANT = UnitTask(TASK, EventCode.UNIT_SEAT_EMPTY, EventCode.UNIT_SEAT_FILLED, differing)


def follow_vacancies(today: date) -> int:
    """Open and meet the tasks of units that fell vacant or are so no longer; how many were opened or met."""
    return VACANT.follow(today)
