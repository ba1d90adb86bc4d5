"""Rows as a workbook (XLSX, ECMA-376), made while it is sent: in constant memory, without a file, whatever the number of rows.

Every text is an inline string, which no spreadsheet reckons as a formula; one that begins like a formula is marked as quoted
besides, so that it stays text when somebody edits the cell. The headings stay in sight, and columns are as wide as what stands
in the first rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from backend.core.sheet_parts import (
    DAY,
    HEAD,
    HEADING,
    MAIN,
    MARKED,
    MARKED_QUOTED,
    MOMENT,
    PLAIN,
    QUOTED,
    REL,
    commented,
    frame,
    view,
)
from backend.core.tables import FORMULA

ROWS, CELL, AT_ONCE = 200_000, 32_767, 500
"""Rows of a sheet below its headings (more make another sheet), characters of a cell, rows written at once."""
NARROWEST, WIDEST = 8, 48
"""Of a column, in letters."""
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""
_FIRST, _KNOWN = date(1899, 12, 30), date(1900, 3, 1)
"""Days are counted from the first; before the second spreadsheets count a day that there never was."""


@dataclass(frozen=True)
class Marked:
    """A cell that stands out by its colour, with a comment."""

    value: Any
    note: str


class _Pipe:
    """What a ZipFile writes to; `taken` gives it away piece by piece. It cannot be gone back in, and says so."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Everything is at hand at once."""

    def close(self) -> None:
        """Nothing was opened."""

    def taken(self) -> bytes:
        found, self._pieces = b"".join(self._pieces), []
        return found


def xlsx(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], *, above: Sequence[Sequence[Any]] = ()
) -> Iterator[bytes]:
    """The file in pieces. Whole numbers stay numbers, days days (`Marked`: with a comment); all else is text as `str` gives
    it, None an empty cell. `above`: rows of the first sheet over its headings."""
    pipe, left, sheets = _Pipe(), iter(rows), 0
    notes: dict[int, dict[tuple[int, int], str]] = {}
    with ZipFile(pipe, "w", ZIP_DEFLATED) as packed:
        while (first := next(left, None)) is not None or not sheets:
            sheets += 1
            over = above if sheets == 1 else ()
            below = chain([] if first is None else [first], islice(left, ROWS - (first is not None)))
            with packed.open(_part(f"xl/worksheets/sheet{sheets}.xml"), "w") as sheet:
                said = notes.setdefault(sheets, {})
                for text in _sheet(headings, below, over, said):
                    sheet.write(text.encode())
                    yield pipe.taken()
        with_notes = [one for one in notes if notes[one]]
        for name, text in {**frame(sheets, with_notes), **_comments(notes)}.items():
            packed.writestr(_part(name), text)
    yield pipe.taken()


def _comments(notes: dict[int, dict[tuple[int, int], str]]) -> dict[str, str]:
    return {name: text for sheet, said in notes.items() for name, text in commented(sheet, said).items()}


def _sheet(
    headings: Sequence[str],
    rows: Iterator[Sequence[Any]],
    above: Sequence[Sequence[Any]],
    notes: dict[tuple[int, int], str],
) -> Iterator[str]:
    """The XML of one sheet, piece by piece; the comments of its cells are gathered in `notes`."""
    first = list(islice(rows, AT_ONCE))
    frozen = len(above) + 1
    yield f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{REL}">{view(frozen, _widths([headings, *first]))}<sheetData>'
    yield "".join(_row(one) for one in above) + _row(headings, HEADING)
    number, some = frozen, first
    while some:
        for values in some:
            for column, value in enumerate(values):
                if isinstance(value, Marked):
                    notes[number, column] = _fit(value.note)
            number += 1
        yield "".join(map(_row, some))
        some = list(islice(rows, AT_ONCE))
    yield "</sheetData>" + ('<legacyDrawing r:id="notes"/>' if notes else "") + "</worksheet>"


def _widths(rows: Sequence[Sequence[Any]]) -> list[int]:
    """Of the columns; a row with one cell alone is a title that runs over the others."""
    found = [NARROWEST] * max(map(len, rows))
    for place, row in enumerate(rows):
        if place and sum(one not in {None, ""} for one in map(_plain, row)) < 2:
            continue
        for column, value in enumerate(row):
            longest = max(map(len, (_shown(_plain(value)) or " ").splitlines()), default=0) + 2
            found[column] = min(WIDEST, max(found[column], longest))
    return found


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Marked) else value


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return "dd/mm/yyyy" if isinstance(value, date) else "" if value is None else str(value)


def _part(name: str) -> ZipInfo:
    part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    part.compress_type = ZIP_DEFLATED
    return part


def _row(values: Sequence[Any], style: int = PLAIN) -> str:
    return f"<row>{''.join(_cell(value, style) for value in values)}</row>"


def _cell(value: Any, style: int = PLAIN) -> str:
    if isinstance(value, Marked):
        value, style = value.value, MARKED
    if value is None or value == "":
        return f'<c s="{style}"/>' if style else "<c/>"
    if isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) >= _KNOWN:
        return f'<c s="{MOMENT if isinstance(value, datetime) else DAY}"><v>{_counted(value)}</v></c>'
    styled = f' s="{style}"' if style else ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return f"<c{styled}><v>{value}</v></c>"
    text = _fit(str(value))
    if text.startswith(FORMULA):
        styled = f' s="{MARKED_QUOTED if style == MARKED else QUOTED}"'
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)[:CELL]


def _counted(value: date) -> str:
    """A day, or a moment of the clock on the wall, as spreadsheets count."""
    if not isinstance(value, datetime):
        return str((value - _FIRST).days)
    seconds = value.hour * 3_600 + value.minute * 60 + value.second
    return f"{(value.date() - _FIRST).days + seconds / 86_400:.10f}"
