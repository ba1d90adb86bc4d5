"""A unit where somebody who is told of its deadlines no longer gets letters is a task for the level right above.

An address that refused three letters was set aside (`alerts.refusals`): its person still sees the list in the application,
but nothing comes. The task is met when another address is set or the same one confirmed, and when the person no longer holds
an office there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from backend.audit.codes import EventCode
from backend.cases.unit_tasks import Found, UnitTask, offices_told
from backend.core.db import execute

TASK = "TASK.MEND_ADDRESS"
_DIFFERING = """
WITH told AS (
  SELECT * FROM jsonb_to_recordset(%(offices)s::jsonb) AS o(level text, office text)
), dead AS (
  SELECT DISTINCT a.unit_id
  FROM accounts_user u JOIN accounts_assignment a ON a.user_id = u.id
  JOIN organizations_unit n ON n.id = a.unit_id AND n.parent_id IS NOT NULL AND n.closed_on IS NULL
  JOIN told ON told.level = n.level AND told.office = a.office
  WHERE u.address_dead_since IS NOT NULL AND u.is_active AND a.member_id IS NULL AND a.from_date <= %(today)s::date
    AND coalesce(a.to_date, 'infinity') >= %(today)s::date
), task AS (
  SELECT subject_id AS unit_id FROM deadlines_deadline
  WHERE subject_kind = 'unit' AND rule_id = %(task)s AND status = 'open'
)
SELECT unit_id, dead.unit_id IS NOT NULL AS opens
FROM dead FULL JOIN task USING (unit_id)
WHERE (dead.unit_id IS NULL) <> (task.unit_id IS NULL) AND (%(units)s::bigint[] IS NULL OR unit_id = ANY (%(units)s))
ORDER BY unit_id
"""


def differing(today: date, units: Collection[int] | None = None) -> list[Found]:
    """The units where the task and the addresses differ, of some units or of all, as far as the scope reaches."""
    values: dict[str, Any] = {"today": today, "task": TASK, "offices": Jsonb(offices_told())}
    rows = execute(_DIFFERING, {**values, "units": None if units is None else list(units)})
    return [Found(*row) for row in rows]


UNREACHABLE = UnitTask(TASK, EventCode.UNIT_OUT_OF_REACH, EventCode.UNIT_IN_REACH, differing)


def follow_addresses(today: date) -> int:
    """Open and meet the tasks of units whose people no longer get letters, or get them again; how many."""
    return UNREACHABLE.follow(today)
