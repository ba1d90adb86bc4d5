"""A folder as a commune's office hands it over, read as a whole before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from backend.imports.faults import WARNINGS, Fault, ImportRefused
from backend.imports.months import (
    AttendanceLine,
    DuesLine,
    MeetingLine,
    Table,
    read_attendance,
    read_dues,
    read_meetings,
)  # fmt: skip
from backend.imports.roster import Roster, read_roster
from backend.imports.units import UnitLine, read_units
from workflows.offices import Level

FILES = ("units.csv", "roster.xlsx", "meetings.csv", "attendance.csv", "dues.csv")


@dataclass
class Commune:
    """Everything the folder says, rows and faults."""

    as_of: date
    hashes: dict[str, str]
    units: list[UnitLine]
    roster: Roster
    meetings: Table[MeetingLine]
    attendance: Table[AttendanceLine]
    dues: Table[DuesLine]

    def report(self) -> dict[str, Any]:
        """The report as JSON: the roster's figures and faults on top, those of the tables under `files`."""
        tables: dict[str, Table[Any]] = {
            "meetings.csv": self.meetings, "attendance.csv": self.attendance, "dues.csv": self.dues,
        }  # fmt: skip
        roster = self.roster
        return {
            "as_of": self.as_of.isoformat(), "rows": roster.rows, "taken": len(roster.people),
            "left_out": roster.rows - len(roster.people),
            "warnings": len({fault.row for fault in roster.faults if fault.code in WARNINGS}),
            "faults": [fault.as_json() for fault in roster.faults], "ignored_rows": roster.ignored,
            "files": {name: _figures(table.rows, table.left_out, table.faults) for name, table in tables.items()},
        }  # fmt: skip


def _figures(rows: int, left_out: int, faults: list[Fault]) -> dict[str, Any]:
    return {"rows": rows, "taken": rows - left_out, "left_out": left_out, "faults": [one.as_json() for one in faults]}


def read_commune(
    folder: Path, as_of: date, *, known_units: frozenset[str] = frozenset(),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Commune:  # fmt: skip
    """Read all five files. Raises ImportRefused with one sentence for what cannot be read as a whole."""
    if not folder.is_dir():
        raise ImportRefused(_("There is no folder %(folder)s.") % {"folder": folder})
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ImportRefused(_("%(folder)s lacks %(names)s.") % {"folder": folder, "names": ", ".join(missing)})
    units = read_units(folder / "units.csv", known_units)
    cells = frozenset(unit.code for unit in units if unit.level == Level.CELL)
    roster = read_roster(folder / "roster.xlsx", as_of, cells, progress)
    people = {person.personal_id for person in roster.people if person.personal_id}
    meetings = read_meetings(folder / "meetings.csv", cells, as_of)
    held = {(line.cell_code, line.month) for line in meetings.lines if line.kind == "regular"}
    return Commune(
        as_of, {name: _hash(folder / name) for name in FILES}, units, roster, meetings,
        read_attendance(folder / "attendance.csv", cells, as_of, people, held),
        read_dues(folder / "dues.csv", cells, as_of, people),
    )  # fmt: skip


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
