"""Rows for people at a terminal, as aligned columns, for programs, as JSON, and for spreadsheets, as CSV."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext

from workflows.answers import shown

Row = Mapping[str, Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Signs with which a text is a formula to some spreadsheet; the wide ones where people type East Asian scripts."""
_BEGINS = re.compile(rf"(?:^|(?<=[;\t\r\n]))(?= *[{re.escape(''.join(FORMULA))}])")
"""Where a cell may begin with one: Excel splits CSV by the mark of its country."""
MARK = "\ufeff"
"""The mark by which Excel knows UTF-8: a file of CSV begins with it."""


def lines(columns: Mapping[str, str], rows: Sequence[Row], *, as_json: bool = False) -> Iterator[str]:
    """`columns` gives each key of the rows its heading, in order; JSON has every key of the rows, days as YYYY-MM-DD."""
    if as_json:
        yield json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=1, default=lambda day: day.isoformat())
    elif not rows:
        yield gettext("There is nothing to list.")
    else:
        yield from _aligned([list(columns.values()), *([_cell(row[key]) for key in columns] for row in rows)])


def _aligned(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return gettext("yes")
    return str(value.label if isinstance(value, TextChoices) else shown(value))


def as_csv(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as lines of CSV; no cell of it is a formula to any spreadsheet."""
    out = StringIO()
    csv.writer(out).writerows([[harmless(value) for value in row] for row in rows])
    return out.getvalue()


def harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before each."""
    return _BEGINS.sub("'", value) if isinstance(value, str) else value
