"""The roster: title rows, a header, a group row per cell, its people, totals and a signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from backend.core.folding import fold
from backend.imports import workbook
from backend.imports.columns import SEARCHED, Header, find_header
from backend.imports.faults import WARNINGS, Fault, ImportRefused
from backend.imports.people import Person, Reader
from backend.imports.values import text

GROUP = re.compile(r".*\((\d{2}(?:\.\d{3})*)\)")
CELL = "chi bo "
COLUMN_NUMBER = re.compile(r"\(\d+\)")
CORE = ("full_name", "sex", "born_on", "personal_id", "card_number", "joined_on", "official_on", "status")
PREFERRED = "Đảng viên"
Progress = Callable[[int, int], None]


@dataclass
class Roster:
    """The people of one sheet who can be taken, as they are read: to be gone through once.

    `rows`, `taken`, `faults` and `ignored` (rows that are neither people nor groups: totals, signatures) grow on the
    way. Raises ImportRefused at the end where nobody stands below the header.
    """

    file: str
    sheet: workbook.Sheet
    header: Header
    as_of: date
    cells: frozenset[str]
    progress: Progress
    passed_over: tuple[str, ...] = ()
    """Other sheets with people, which were not read."""
    rows: int = 0
    taken: int = 0
    faults: list[Fault] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[Person]:
        reader = Reader(self.header, self.file, self.sheet.name, self.as_of, self.cells)
        cell_code = ""
        for number, row in enumerate(self.sheet, 1):
            if number <= self.header.row + 1 or not any(row):
                continue
            if _is_person(self.header, row):
                person, faults = reader.read(number, row, cell_code)
                self.rows += 1
                self.faults += faults
                if person is not None:
                    self.taken += 1
                    yield person
            else:
                cell_code = self._between(number, row) or cell_code
            self.progress(min(number, self.sheet.rows - 1), self.sheet.rows)
        self.progress(self.sheet.rows, self.sheet.rows)
        if not self.rows:
            raise ImportRefused(_("%(file)s: no person stands below the header.") % {"file": self.file})

    def _between(self, number: int, row: Sequence[Any]) -> str:
        """The cell whose people follow; empty for a row that begins none."""
        filled = [words for words in (text(value) for value in row if value is not None) if words]
        if len(filled) == 1 and (group := GROUP.fullmatch(filled[0])):
            return group[1]
        if len(filled) == 1 and fold(filled[0]).startswith(CELL):
            return filled[0]  # a cell without its code: whose people follow is not guessed
        if not all(COLUMN_NUMBER.fullmatch(words) for words in filled):
            self.ignored.append(number)
        return ""

    def figures(self) -> dict[str, Any]:
        """What the report says of the roster."""
        return {
            "rows": self.rows, "taken": self.taken, "left_out": self.rows - self.taken,
            "warnings": len({fault.row for fault in self.faults if fault.code in WARNINGS}),
            "faults": [fault.as_json() for fault in self.faults], "ignored_rows": self.ignored,
            "sheets_passed_over": list(self.passed_over),
        }  # fmt: skip


def open_roster(
    path: Path, as_of: date, cells: frozenset[str], progress: Progress = lambda done, total: None
) -> Roster:
    """Find the sheet with the people. Raises ImportRefused where there is none, or more than one to choose from."""
    found = [
        (sheet, header) for sheet in workbook.sheets(path) if (header := find_header(sheet.head(SEARCHED), path.name))
    ]
    named = [one for one in found if one[0].name == PREFERRED]
    if not found:
        raise ImportRefused(
            _("%(file)s: no header row was found; it has columns such as “%(name)s” and “%(status)s”.")
            % {"file": path.name, "name": "Họ và tên khai sinh", "status": "Trạng thái sinh hoạt"}
        )
    if len(found) > 1 and len(named) != 1:
        raise ImportRefused(
            _("%(file)s has several sheets with people (%(sheets)s); name the right one “%(name)s”.")
            % {"file": path.name, "sheets": ", ".join(one[0].name for one in found), "name": PREFERRED}
        )
    sheet, header = (named or found)[0]
    others = tuple(one[0].name for one in found if one[0].name != sheet.name)
    return Roster(path.name, sheet, header, as_of, cells, progress, others)


def _is_person(header: Header, row: Sequence[Any]) -> bool:
    """A numbered row, or one with two of the columns that only people have."""
    number = header.value(row, "number")
    if isinstance(number, int | float) or text(number).rstrip(".").isdecimal():
        return True
    filled = [text(header.value(row, key)) for key in CORE if header.value(row, key) is not None]
    return len(filled) > 1 and not all(COLUMN_NUMBER.fullmatch(words) for words in filled)
