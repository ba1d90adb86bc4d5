"""The faulty rows of a roster as they stand in its own sheet, each with the row before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from backend.imports.columns import Header, letters
from backend.imports.faults import WORDS
from backend.imports.roster import Roster, open_roster
from backend.imports.values import text

AROUND = 1
MOST = 1_000
"""Rows with faults that are kept to be shown; all of them stand in the annotated sheet."""
_NO_DAY, _NO_CELLS = date.max, frozenset[str]()


def excerpt(path: Path, faults: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`head` (the letters and names of the columns that are used) and `rows` (number → cells), for JSON."""
    roster = open_roster(path, _NO_DAY, _NO_CELLS)
    faulty = sorted({fault["row"] for fault in faults})[:MOST]
    wanted = {row + step for row in faulty for step in range(-AROUND, AROUND + 1) if row + step > roster.header.row + 1}
    places = _places(roster.header)
    rows = {
        str(number): [text(row[place]) if place < len(row) else "" for place in places]
        for number, row in enumerate(roster.sheet, 1)
        if number in wanted
    }
    names = _names(roster, places)
    return {"letters": [letters(one) for one in places], "names": names, "rows": rows}


def annotated(path: Path, faults: Sequence[dict[str, Any]]) -> Iterator[list[Any]]:
    """Every row of the sheet as it stands, with a column behind the last one that says what is wrong with the row."""
    roster = open_roster(path, _NO_DAY, _NO_CELLS)
    said: dict[int, list[str]] = {}
    for fault in faults:
        said.setdefault(fault["row"], []).append(f"{fault.get('cell') or fault['column']}: {WORDS[fault['code']]}")
    width = max((len(row) for row in roster.sheet.head(roster.header.row + 1)), default=0)
    for number, row in enumerate(roster.sheet, 1):
        cells = [text(value) for value in row][:width]
        last = gettext("What is wrong") if number == roster.header.row + 1 else "; ".join(said.get(number, ()))
        yield [*cells, *[""] * (width - len(cells)), last]


def _places(header: Header) -> list[int]:
    return sorted(header.places.values())


def _names(roster: Roster, places: Sequence[int]) -> list[str]:
    head = roster.sheet.head(roster.header.row + 1)[-1]
    return [text(head[place]) if place < len(head) else "" for place in places]
