"""A folder as a commune's office hands it over: opened and looked at before anything is written, then read as it goes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from backend.imports import months, tables
from backend.imports.faults import ImportRefused
from backend.imports.months import AttendanceLine, DuesLine, MeetingLine, Table
from backend.imports.roster import Progress, Roster, open_roster
from backend.imports.units import UnitLine, read_units
from workflows.offices import Level

FILES = ("units.csv", "roster.xlsx", "meetings.csv", "attendance.csv", "dues.csv")
_TABLES = {"meetings.csv": months.MEETINGS, "attendance.csv": months.ATTENDANCE, "dues.csv": months.DUES}
_BLOCK = 1 << 20


class File(NamedTuple):
    """What a file is known by, and how many lines it has below the first."""

    sha256: str
    lines: int


@dataclass(frozen=True)
class Commune:
    """Everything the folder holds. The tree is here; people and lines are read when they are gone through, once."""

    folder: Path
    as_of: date
    files: dict[str, File]
    units: list[UnitLine]
    roster: Roster

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 by name of the file."""
        return {name: file.sha256 for name, file in self.files.items()}

    def meetings(self) -> Table[MeetingLine]:
        return months.read_meetings(self.folder / "meetings.csv", self.roster.cells, self.as_of)

    def attendance(self, people: Collection[str], held: Collection[tuple[str, date]]) -> Table[AttendanceLine]:
        """`people` are the ids that were taken, `held` the cells and months with a regular meeting."""
        return months.read_attendance(self.folder / "attendance.csv", self.roster.cells, self.as_of, people, held)

    def dues(self, people: Collection[str]) -> Table[DuesLine]:
        """`people` are the ids that were taken."""
        return months.read_dues(self.folder / "dues.csv", self.roster.cells, self.as_of, people)


def read_commune(
    folder: Path,
    as_of: date,
    *,
    known_units: frozenset[str] = frozenset(),
    progress: Progress = lambda done, total: None,
) -> Commune:
    """Open all five files. Raises ImportRefused with one sentence for what cannot be read as a whole.

    What shows only further down (a torn line, a sign that is no UTF-8) is raised when the reading comes there.
    """
    files = _looked_at(folder)
    units = read_units(folder / "units.csv", known_units)
    cells = frozenset(unit.code for unit in units if unit.level == Level.CELL)
    for name, columns in _TABLES.items():
        next(tables.rows(folder / name, columns), None)
    return Commune(folder, as_of, files, units, open_roster(folder / "roster.xlsx", as_of, cells, progress))


def _looked_at(folder: Path) -> dict[str, File]:
    try:
        if not folder.is_dir():
            raise ImportRefused(_("There is no folder %(folder)s.") % {"folder": folder})
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise ImportRefused(_("%(folder)s lacks %(names)s.") % {"folder": folder, "names": ", ".join(missing)})
        return {name: _file(folder / name) for name in FILES}
    except OSError as error:
        words = {"folder": folder, "why": error.strerror}
        raise ImportRefused(_("%(folder)s cannot be read: %(why)s.") % words) from error


def _file(path: Path) -> File:
    found, lines, end = hashlib.sha256(), 0, b"\n"
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
            lines += block.count(b"\n")
            end = block[-1:]
    return File(found.hexdigest(), max(lines - (end == b"\n"), 0))
