"""Small rosters made by hand, one thing wrong at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import openpyxl

from backend.imports.columns import HEADERS
from backend.imports.faults import Fault
from backend.imports.months import AttendanceLine, DuesLine, MeetingLine
from backend.imports.people import Person
from backend.imports.reading import Commune
from backend.imports.roster import open_roster

CELL = "87.107.000.000.001"
AS_OF = date(2026, 10, 31)
GOOD: Mapping[str, Any] = {
    "full_name": "Lê Văn Tám", "sex": "Nam", "born_on": "02/03/1980", "personal_id": "087080000001",
    "card_number": "870000000001", "joined_on": "03/02/2005", "official_on": "03/02/2006", "status": "Đang SHĐ",
}  # fmt: skip


def write_roster(
    path: Path, people: Sequence[Mapping[str, Any]], *, columns: Sequence[str] = tuple(HEADERS),
    sheet: str = "Đảng viên",
    before: Sequence[Sequence[Any]] = (("ĐẢNG BỘ",),), after: Sequence[Sequence[Any]] = (),
    group: str = f"Chi bộ 1 ({CELL})",
) -> Path:  # fmt: skip
    """A roster with a title, a header, a group row, then `people` (columns by key), then `after`."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in before:
        page.append(row)
    page.append([HEADERS.get(key, key) for key in columns])
    page.append([group])
    for number, person in enumerate(people, 1):
        page.append([{"number": number, **person}.get(key) for key in columns])
    for row in after:
        page.append(row)
    book.save(path)
    return path


@dataclass(frozen=True)
class Gone:
    """A roster that was gone through."""

    people: list[Person]
    rows: int
    faults: list[Fault]
    ignored: list[int]


def read(path: Path) -> Gone:
    roster = open_roster(path, AS_OF, frozenset({CELL}))
    people = list(roster)
    return Gone(people, roster.rows, roster.faults, roster.ignored)


def faults(gone: Gone) -> list[tuple[str, str]]:
    """(code, address) of every fault."""
    return [(fault.code, fault.cell) for fault in gone.faults]


@dataclass(frozen=True)
class Whole:
    """A folder gone through without a database: what is in it, and what the report says of each file."""

    people: list[Person]
    meetings: list[MeetingLine]
    attendance: list[AttendanceLine]
    dues: list[DuesLine]
    roster: dict[str, Any]
    files: dict[str, dict[str, Any]]


def go_through(commune: Commune) -> Whole:
    people, meetings = list(commune.roster), commune.meetings()
    past = list(meetings)
    held = {(line.cell_code, line.month) for line in past if line.kind == "regular"}
    ids = {person.personal_id for person in people}
    attendance, dues = commune.attendance(ids, held), commune.dues(ids)
    lines, paid = list(attendance), list(dues)
    files = {table.path.name: table.figures() for table in (meetings, attendance, dues)}
    return Whole(people, past, lines, paid, commune.roster.figures(), files)


UNITS = {"87": ("", "Đảng bộ tỉnh", "province"), "87.107": ("87", "Đảng bộ xã", "base_committee"),
         CELL: ("87.107", "Chi bộ 1", "cell")}  # fmt: skip
HEADS = {
    "meetings.csv": "cell_code,month,kind,held_on,minutes_long,minutes_filed_on",
    "attendance.csv": "cell_code,month,personal_id,status",
    "dues.csv": "cell_code,month,personal_id,paid_on",
}

ON_PROBATION = {"personal_id": "087080000002", "official_on": None, "joined_on": "03/02/2026"}
PROBATIONER = {**GOOD, "full_name": "Trần Thị Hai", **ON_PROBATION}
TABLES = {
    "meetings.csv": [f"{CELL},2026-09,regular,2026-09-03,75,2026-09-05"],
    "attendance.csv": [f"{CELL},2026-09,{GOOD['personal_id']},present"],
    "dues.csv": [f"{CELL},2026-09,{GOOD['personal_id']},2026-09-25"],
}
"""What the cell did in September, with the first of the people there."""


def write_folder(
    folder: Path,
    people: Sequence[Mapping[str, Any]],
    units: Mapping[str, tuple[str, str, str]] = UNITS,
    tables: Mapping[str, Sequence[str]] = MappingProxyType({}),
    **layout: Any,
) -> Path:
    """A folder with one cell: `people` on its roster, `tables` as lines of the CSV files by file name."""
    folder.mkdir(exist_ok=True)
    write_roster(folder / "roster.xlsx", people, **layout)
    lines = [f"{code},{parent},{name},{level}" for code, (parent, name, level) in units.items()]
    (folder / "units.csv").write_text("\n".join(["code,parent_code,name,level", *lines, ""]), encoding="utf-8-sig")
    for name, head in HEADS.items():
        (folder / name).write_text("\n".join([head, *tables.get(name, ()), ""]), encoding="utf-8-sig")
    return folder
