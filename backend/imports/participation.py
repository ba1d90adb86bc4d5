"""Attendance and dues of past months, as rows of the partitioned tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from backend.core.db import execute
from backend.core.partitions import ensure_month
from backend.imports.months import AttendanceLine, DuesLine
from backend.organizations.models import Unit

CHUNK = 20_000
_ATTENDANCE = """
    INSERT INTO participation_attendance (month, member_id, kind, status, unit_id, unit_path, meeting_id, batch)
    SELECT month, member_id, 'regular', status, unit_id, unit_path, meeting_id, %s
    FROM jsonb_to_recordset(%s::jsonb)
      AS x(month date, member_id bigint, status text, unit_id bigint, unit_path text, meeting_id bigint)
    ON CONFLICT DO NOTHING RETURNING 1"""
_DUES = """
    INSERT INTO participation_duespayment (month, member_id, paid_on, unit_id, unit_path, batch)
    SELECT month, member_id, paid_on, unit_id, unit_path, %s
    FROM jsonb_to_recordset(%s::jsonb) AS x(month date, member_id bigint, paid_on date, unit_id bigint, unit_path text)
    ON CONFLICT DO NOTHING RETURNING 1"""

_COUNTED_SINCE = """
    WITH entered AS (
      SELECT subject_id AS member_id FROM audit_event
      WHERE batch = %s AND subject_kind = 'member' AND version = 1 AND voids IS NULL),
    counted AS (
      SELECT batch, meeting_id FROM participation_attendance JOIN entered USING (member_id)
      WHERE batch IS DISTINCT FROM %s
      UNION
      SELECT batch, NULL FROM participation_duespayment JOIN entered USING (member_id)
      WHERE batch IS DISTINCT FROM %s)
    SELECT DISTINCT e.uid FROM counted c LEFT JOIN audit_event e
      ON e.batch = c.batch AND e.code = 'import.done'
      OR c.batch IS NULL AND e.case_id = c.meeting_id AND e.code = 'meeting.held'"""


def write_attendance(
    lines: Iterable[AttendanceLine], members: Mapping[str, int], units: Mapping[str, Unit],
    meetings: Mapping[tuple[str, date], int], batch: UUID,
) -> int:  # fmt: skip
    """Insert what is not there yet; how many lines were new. `meetings` are case ids by cell and month."""
    rows = (
        {"month": line.month.isoformat(), "member_id": members[line.personal_id], "status": line.status,
         **_place(units[line.cell_code]), "meeting_id": meetings.get((line.cell_code, line.month))}
        for line in lines
    )  # fmt: skip
    return _write("participation_attendance", _ATTENDANCE, rows, batch)


def write_dues(lines: Iterable[DuesLine], members: Mapping[str, int], units: Mapping[str, Unit], batch: UUID) -> int:
    """Insert what is not there yet; how many lines were new."""
    rows = (
        {"month": line.month.isoformat(), "member_id": members[line.personal_id], "paid_on": line.paid_on.isoformat(),
         **_place(units[line.cell_code])}
        for line in lines
    )  # fmt: skip
    return _write("participation_duespayment", _DUES, rows, batch)


def counted_since(batch: UUID) -> tuple[bool, list[UUID]]:
    """Whether people whom the batch entered were counted by anything else, and the events that did it.

    That is a later import's `import.done`, or a meeting's `meeting.held` with its roll call.
    """
    events = [row[0] for row in execute(_COUNTED_SINCE, [batch] * 3)]
    return bool(events), [uid for uid in events if uid is not None]


def remove(batch: UUID) -> int:
    """Take the rows of an undone import away: they are counts beside the log, not states."""
    sql = "DELETE FROM {} WHERE batch = %s RETURNING 1"
    return sum(
        len(execute(sql.format(table), [batch])) for table in ("participation_attendance", "participation_duespayment")
    )


def _place(unit: Unit) -> dict[str, Any]:
    return {"unit_id": unit.pk, "unit_path": unit.path}


def _write(table: str, sql: str, rows: Iterator[dict[str, Any]], batch: UUID) -> int:
    ready: set[str] = set()
    count = 0
    while chunk := list(islice(rows, CHUNK)):
        for month in {row["month"] for row in chunk} - ready:
            ensure_month(table, date.fromisoformat(month))
            ready.add(month)
        count += len(execute(sql, [batch, json.dumps(chunk)]))
    return count
