"""What is printed and what is written to a file: the same figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from demo.checks import Check
from demo.figures import HEADS, TITLES, Rows

SHOWN_FAULTS = 10


def table(title: str, heads: Sequence[str], rows: Rows) -> str:
    """A table in plain letters: words to the left, numbers to the right."""
    words = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in [list(heads), *words]) for place in range(len(heads))]
    numbers = [bool(rows) and all(isinstance(row[place], int) for row in rows) for place in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        pairs = zip(cells, widths, numbers, strict=True)
        return "  " + "  ".join(cell.rjust(wide) if right else cell.ljust(wide) for cell, wide, right in pairs).rstrip()

    return "\n".join([title, line(heads), *(line(row) for row in words or [["–"] + [""] * (len(heads) - 1)])])


def tables(figures: dict[str, Rows]) -> str:
    return "\n\n".join(table(TITLES[name], HEADS[name], figures[name]) for name in HEADS)


def verdicts(checks: Sequence[Check]) -> str:
    """One line a check, and its first faults."""
    lines = []
    for check in checks:
        lines.append(f"  {'ok ' if check.holds else 'NO '} {check.sentence} ({check.counted} counted)")
        lines += [f"        {fault}" for fault in check.faults[:SHOWN_FAULTS]]
        if len(check.faults) > SHOWN_FAULTS:
            lines.append(f"        … and {len(check.faults) - SHOWN_FAULTS} more")
    return "\n".join(["Checks", *lines])


def as_json(figures: dict[str, Rows], checks: Sequence[Check], **more: Any) -> dict[str, Any]:
    """The figures with the names of their columns, and the checks."""
    return {
        **more,
        **{name: [dict(zip(HEADS[name], row, strict=True)) for row in figures[name]] for name in HEADS},
        "checks": [
            {"sentence": one.sentence, "counted": one.counted, "ok": one.holds, "faults": one.faults} for one in checks
        ],
    }


def as_text(report: dict[str, Any]) -> str:
    """What is kept in a file."""

    def plain(value: object) -> str:
        return value.isoformat() if isinstance(value, date) else str(value)

    return json.dumps(report, ensure_ascii=False, indent=1, default=plain) + "\n"
