"""The faulty rows of a roster as they stand in its own sheet, each with the row before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from backend.core.sheet_parts import letters
from backend.core.sheets import Marked
from backend.imports.columns import Header
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


@dataclass(frozen=True)
class Annotated:
    """The sheet as it stands, faulty cells marked, with a column behind the last one that says what is wrong with each row."""

    above: list[list[str]]
    headings: list[str]
    rows: list[list[Any]]


def annotated(path: Path, faults: Sequence[dict[str, Any]]) -> Annotated:
    """Every row, those above the headings too."""
    roster = open_roster(path, _NO_DAY, _NO_CELLS)
    by_row: dict[int, list[dict[str, Any]]] = {}
    for fault in sorted(faults, key=order_in_row):
        by_row.setdefault(fault["row"], []).append(fault)
    head = roster.header.row + 1
    width = max((len(row) for row in roster.sheet.head(head)), default=0)
    rows = [_annotated(row, width, by_row.get(number, ())) for number, row in enumerate(roster.sheet, 1)]
    headings = [*(str(one) for one in rows[head - 1][:-1]), gettext("What is wrong")]
    return Annotated(rows[: head - 1], headings, rows[head:])


def _annotated(row: Sequence[Any], width: int, faults: Sequence[Mapping[str, Any]]) -> list[Any]:
    cells: list[Any] = [text(value) for value in row][:width]
    cells += [""] * (width - len(cells))
    said = [(letters_of(fault), in_place(fault, str(WORDS[fault["code"]]))) for fault in faults]
    for place, value in enumerate(cells):
        if words := [one for column, one in said if column == letters(place)]:
            cells[place] = Marked(value, "; ".join(words))
    return [*cells, "; ".join(one for _column, one in said)]


def in_place(fault: Mapping[str, Any], words: str) -> str:
    """What is wrong, in words, with the cell's address and the column's name."""
    return f"{', '.join(filter(None, [fault.get('cell'), fault['column']]))}: {words}"


def letters_of(fault: Mapping[str, Any]) -> str:
    """The letters of the column in which something is wrong; empty for a fault without a cell."""
    return str(fault.get("cell", "")).rstrip("0123456789")


def order_in_row(fault: Mapping[str, Any]) -> tuple[int, str]:
    """Where a fault stands among those of its row, as columns are counted; one without a cell last."""
    return (len(letters_of(fault)) or 9, letters_of(fault))


def _places(header: Header) -> list[int]:
    return sorted(header.places.values())


def _names(roster: Roster, places: Sequence[int]) -> list[str]:
    head = roster.sheet.head(roster.header.row + 1)[-1]
    return [text(head[place]) if place < len(head) else "" for place in places]
