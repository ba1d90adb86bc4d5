"""What the pages of imports show of a report: figures in words, faulty rows in the sheet's own layout, other files' faults."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from backend.core.folding import fold
from backend.imports.asking import not_ones_own
from backend.imports.columns import HEADERS
from backend.imports.excerpt import AROUND, in_place, letters_of, order_in_row
from backend.imports.faults import WARNINGS, WORDS
from backend.imports.models import ImportBatch
from backend.web.naming import own_name
from backend.web.refusing import said
from workflows.answers import shown
from workflows.offices import Office

_NAME = fold(HEADERS["full_name"])
MOST_OTHERS = 100
"""Faults of the other files that are shown of each; the figures count all."""


@dataclass(frozen=True)
class Cell:
    """A cell of the sheet; `wrong` says in words what is the matter with it."""

    value: str
    wrong: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the sheet; `said` is what is wrong with it, `out` whether it is left out; neither for a row around one."""

    number: int
    cells: Sequence[Cell]
    said: Sequence[str] = ()
    out: bool = False


@dataclass(frozen=True)
class Excerpt:
    """Rows of the sheet, with the letters and names of the columns: who the row is about first, then those in which something
    is wrong, then the others."""

    letters: Sequence[str]
    names: Sequence[str]
    lines: Sequence[Line]


def faulty_rows(report: Mapping[str, Any]) -> list[Excerpt]:
    """Each faulty row with those around it."""
    by_row: dict[int, list[Mapping[str, Any]]] = {}
    for fault in report["faults"]:
        by_row.setdefault(fault["row"], []).append(fault)
    sheet = report["sheet"]
    return [_around(number, by_row, sheet) for number in sorted(by_row) if str(number) in sheet["rows"]]


def _around(number: int, faults: Mapping[int, Sequence[Mapping[str, Any]]], sheet: Mapping[str, Any]) -> Excerpt:
    near = range(number - AROUND, number + AROUND + 1)
    letters, names = sheet["letters"], sheet["names"]
    wrong = {letters_of(fault) for fault in faults[number]}
    order = sorted(range(len(letters)), key=lambda one: (fold(names[one]) != _NAME, letters[one] not in wrong))
    lines = [
        _line(one, faults[number] if one == number else (), sheet, order) for one in near if str(one) in sheet["rows"]
    ]  # fmt: skip
    return Excerpt([letters[one] for one in order], [names[one] for one in order], lines)


def _line(number: int, faults: Sequence[Mapping[str, Any]], sheet: Mapping[str, Any], order: Sequence[int]) -> Line:
    faults = sorted(faults, key=order_in_row)
    wrong: dict[str, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.get("cell", ""), []).append(_said(fault))
    values = sheet["rows"][str(number)]
    cells = [Cell(values[one], "; ".join(wrong.get(f"{sheet['letters'][one]}{number}", ()))) for one in order]
    said = [in_place(fault, _said(fault)) for fault in faults]
    return Line(number, cells, said, any(fault["code"] not in WARNINGS for fault in faults))


def _said(fault: Mapping[str, Any]) -> str:
    words = str(WORDS[fault["code"]])
    return f"{words} ({gettext('here stands: %(stands)s') % fault})" if fault.get("stands") else words


def other_faults(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The faults of the tables, by file, the first of each."""
    return [
        {
            "name": name, "count": len(file["faults"]),
            "lines": [_of_a_table(fault) for fault in file["faults"][:MOST_OTHERS]],
        }
        for name, file in report["files"].items()
        if file["faults"]
    ]  # fmt: skip


def _of_a_table(fault: Mapping[str, Any]) -> tuple[int, str, str, str]:
    return fault["row"], fault["column"], fault.get("value", ""), _said(fault)


def counted(report: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What is new, in words, without what is none."""
    counts = report["counts"]
    said = {
        "units": gettext("New units"), "units_renamed": gettext("Units with another name"), "people": gettext("New members"),
        "completed": gettext("Records completed"), "unchanged": gettext("Members unchanged"),
        "recognitions": gettext("Members on probation taken over"), "tasks": gettext("Tasks to complete a record"),
        "cells_too_small": gettext("Cells with too few official members"), "past_meetings": gettext("Past meetings"),
        "planned_meetings": gettext("Meetings planned"), "attendance": gettext("Lines of attendance"),
        "dues": gettext("Lines of dues"),
    }  # fmt: skip
    return [(label, counts[name]) for name, label in said.items() if counts.get(name)]


def _who(row: ImportBatch) -> str:
    """Whose account it was; of one done at the server's command line, that."""
    return own_name(row.operator) or str(Office.OPERATOR.label)


def batch_line(row: ImportBatch, own: Collection[UUID]) -> dict[str, Any]:
    """An import that was done, as the list shows it; `ask`: who may have it undone, where it is one of the reader's `own`."""
    return {
        "uid": row.uid, "as_of": shown(row.as_of), "done": row.finished_at, "who": _who(row), "undone": row.undone_at,
        "ask": said(not_ones_own()) if row.uid in own else "",
        "people": row.counts.get("people", 0), "units": row.counts.get("units", 0),
    }  # fmt: skip
