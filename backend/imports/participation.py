"""Attendance and dues of past months, as rows of the partitioned tables. A line that stands otherwise is only told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backend.core.db import execute
from backend.core.encoding import dumps
from backend.core.partitions import ensure_month
from backend.imports.meetings import Held
from backend.imports.months import AttendanceLine, DuesLine, Table
from backend.imports.run import Run, chunks
from backend.organizations.models import Unit

CHUNK = 20_000


@dataclass(frozen=True)
class Kind:
    """A table of lines about one person and month. `says` is the column that a line is about.

    `insert` adds what is not there yet and counts it; `differing` gives the places of lines that stand otherwise.
    """

    table: str
    says: str
    insert: str
    differing: str


ATTENDANCE = Kind(
    "participation_attendance",
    "status",
    """
    WITH fresh AS (
      INSERT INTO participation_attendance (month, member_id, kind, status, unit_id, unit_path, meeting_id, batch)
      SELECT month, member_id, 'regular', says, unit_id, unit_path, meeting_id, %s
      FROM jsonb_to_recordset(%s::jsonb)
        AS x(month date, member_id bigint, says text, unit_id bigint, unit_path text, meeting_id bigint)
      WHERE NOT EXISTS (
        SELECT FROM participation_attendance a
        WHERE a.month = x.month AND a.member_id = x.member_id AND a.kind = 'regular')
      ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) FROM fresh""",
    """
    SELECT place, status, stands_at FROM (
      SELECT DISTINCT ON (x.place) x.*, a.status, a.unit_id AS stands_at
      FROM jsonb_to_recordset(%s::jsonb) AS x(place int, month date, member_id bigint, says text, unit_id bigint)
      JOIN participation_attendance a USING (month, member_id)
      WHERE a.kind = 'regular' ORDER BY x.place, a.unit_id <> x.unit_id, a.unit_id) AS nearest
    WHERE (status, stands_at) <> (says, unit_id) ORDER BY place""",
)
DUES = Kind(
    "participation_duesentry",
    "paid_on",
    """
    WITH fresh AS (
      INSERT INTO participation_duesentry (month, member_id, status, paid_on, unit_id, unit_path, version, batch)
      SELECT month, member_id, 'paid', says, unit_id, unit_path, 1, %s
      FROM jsonb_to_recordset(%s::jsonb) AS x(month date, member_id bigint, says date, unit_id bigint, unit_path text)
      ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*) FROM fresh""",
    """
    SELECT x.place, d.paid_on, d.unit_id
    FROM jsonb_to_recordset(%s::jsonb) AS x(place int, month date, member_id bigint, says date, unit_id bigint)
    JOIN participation_duesentry d USING (month, member_id)
    WHERE (d.paid_on, d.unit_id) IS DISTINCT FROM (x.says, x.unit_id) ORDER BY x.place""",
)


@dataclass
class Participation:
    """Writes lines of the months for the members and units of one import."""

    run: Run
    members: Mapping[str, int]
    units: Mapping[str, Unit]
    held: Held

    def attendance(self, table: Table[AttendanceLine], total: int) -> None:
        """Roll calls, each with the case of its meeting."""
        self.run.counts["attendance"] += self._write(
            ATTENDANCE, table, lambda line: line.status, _("attendance"), total
        )

    def dues(self, table: Table[DuesLine], total: int) -> None:
        """Dues paid."""
        self.run.counts["dues"] += self._write(DUES, table, lambda line: line.paid_on, _("dues"), total)

    def _write(self, kind: Kind, table: Table[Any], says: Callable[[Any], Any], what: str, total: int) -> int:
        """Insert what is not there yet, in chunks; how many lines were new. What stands otherwise is left out."""
        ready: set[date] = set()
        count = 0
        for chunk in chunks(table, CHUNK):
            for month in {line.month for line in chunk} - ready:
                ensure_month(kind.table, month)
                ready.add(month)
            rows = dumps([self._row(place, line, says(line)) for place, line in enumerate(chunk)])
            fresh = execute(kind.insert, [self.run.batch, rows])[0][0]
            if fresh < len(chunk):
                self._tell(kind, table, chunk, execute(kind.differing, [rows]), says)
            count += fresh
            self.run.progress(what, min(table.rows, total - 1), total)
        self.run.progress(what, table.rows, table.rows)
        return count

    def _row(self, place: int, line: Any, says: Any) -> dict[str, Any]:
        unit = self.units[line.cell_code]
        return {
            "place": place, "month": line.month, "member_id": self.members[line.personal_id], "says": says,
            "unit_id": unit.pk, "unit_path": unit.path, "meeting_id": self.held.get((line.cell_code, line.month)),
        }  # fmt: skip

    def _tell(
        self, kind: Kind, table: Table[Any], chunk: list[Any], differing: list[Any], says: Callable[[Any], Any]
    ) -> None:
        codes = {unit.pk: unit.code for unit in self.units.values()} if differing else {}
        for place, stands, unit_id in differing:
            line = chunk[place]
            if stands != says(line):
                table.leave_out(line.line, "line_differs", kind.says, says(line), "" if stands is None else stands)
            else:
                table.leave_out(line.line, "line_differs", "cell_code", line.cell_code, codes.get(unit_id, ""))
