"""The roster: title rows, a header, a group row per cell, its people, totals and a signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from backend.imports import workbook
from backend.imports.columns import Header, find_header
from backend.imports.faults import Fault, ImportRefused
from backend.imports.people import Person, Reader
from backend.imports.values import text

GROUP = re.compile(r".*\((\d{2}(?:\.\d{3})*)\)")
COLUMN_NUMBER = re.compile(r"\(\d+\)")
CORE = ("full_name", "sex", "born_on", "personal_id", "card_number", "joined_on", "official_on", "status")
PREFERRED = "Đảng viên"


@dataclass
class Roster:
    """Everything one roster says. `ignored` are rows that are neither people nor groups (totals, signatures)."""

    rows: int = 0
    people: list[Person] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)


def read_roster(
    path: Path, as_of: date, cells: frozenset[str], progress: Callable[[int, int], None] = lambda done, total: None
) -> Roster:
    """Read the sheet with the people. Raises ImportRefused where there is none, or more than one to choose from."""
    sheet, rows, header = _sheet_of_people(path)
    reader = Reader(header, path.name, sheet, as_of, cells)
    roster = Roster()
    cell_code = ""
    for number, row in enumerate(rows[header.row + 1 :], header.row + 2):
        filled = [text(value) for value in row if value is not None and value != ""]
        if not any(filled):
            continue
        if _is_person(header, row):
            person, faults = reader.read(number, row, cell_code)
            roster.rows += 1
            roster.faults += faults
            if person is not None:
                roster.people.append(person)
        elif len(filled) == 1 and (group := GROUP.fullmatch(filled[0])):
            cell_code = group[1]
        elif not all(COLUMN_NUMBER.fullmatch(words) for words in filled):
            roster.ignored.append(number)
        progress(number, len(rows))
    if not roster.rows:
        raise ImportRefused(_("%(file)s: no person stands below the header.") % {"file": path.name})
    return roster


def _sheet_of_people(path: Path) -> tuple[str, list[list[Any]], Header]:
    found = []
    for name, rows in workbook.sheets(path):
        header = find_header(rows, path.name)
        if header is not None:
            found.append((name, rows, header))
    named = [one for one in found if one[0] == PREFERRED]
    if not found:
        raise ImportRefused(
            _("%(file)s: no header row was found; it has columns such as “%(name)s” and “%(status)s”.")
            % {"file": path.name, "name": "Họ và tên khai sinh", "status": "Trạng thái sinh hoạt"}
        )
    if len(found) > 1 and len(named) != 1:
        raise ImportRefused(
            _("%(file)s has several sheets with people (%(sheets)s); name the right one “%(name)s”.")
            % {"file": path.name, "sheets": ", ".join(one[0] for one in found), "name": PREFERRED}
        )
    return (named or found)[0]


def _is_person(header: Header, row: Sequence[Any]) -> bool:
    """A numbered row, or one with two of the columns that only people have."""
    number = header.value(row, "number")
    if isinstance(number, int | float) or text(number).rstrip(".").isdecimal():
        return True
    filled = [text(header.value(row, key)) for key in CORE if header.value(row, key) is not None]
    return len(filled) > 1 and not all(COLUMN_NUMBER.fullmatch(words) for words in filled)
