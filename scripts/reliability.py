"""Writes the table of docs/reliability.md from docs/reliability.json, which the drills keep (`make drills RECORD=1`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1] / "docs"
ROWS, PAGE = DOCS / "reliability.json", DOCS / "reliability.md"
BEGIN, END = "<!-- drills: written by scripts/reliability.py -->\n", "<!-- end of drills -->\n"
HEADS = (
    "what is broken", "what is expected", "due", "sent", "with a later one", "not sent", "possibly twice", "letters",
    "accepted", "drained", "seen",
)  # fmt: skip


def main() -> int:
    """Put the table into the page; nothing else of the page is touched."""
    rows = json.loads(ROWS.read_text(encoding="utf-8"))
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    return 0


def rendered(page: str, rows: Mapping[str, Mapping[str, Any]]) -> str:
    """The page with these rows in place of those it has, in the order of what they say is broken."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = [HEADS, ["---"] * 2 + ["---:"] * 8 + ["---"]]
    table += [_cells(row) for row in sorted(rows.values(), key=lambda row: str(row["broken"]))]
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in table)
    return f"{before}{BEGIN}{lines}{END}{after}"


def _cells(row: Mapping[str, Any]) -> list[str]:
    """The figures are outcomes of reminders, up to *letters*: what became of letters, and how often one was accepted."""
    fates = row["fates"]
    unsent = ", ".join(f"{count} {reason}" for reason, count in sorted(row["reasons"].items()))
    letters = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in sorted(row["letters"].items()))
    broken = f"{row['broken']} (fsync on)" if row["fsync"] == "on" else row["broken"]
    counts = [row["due"], *(fates.get(name, 0) for name in ("sent", "coalesced"))]
    return [
        broken, row["expected"], *(f"{count:,}" for count in counts), unsent or "0",
        f"{fates.get('possibly_twice', 0):,}", letters, f"{row['accepted']:,}", f"{row['seconds']} s",
        f"{row['date']}, {row['version']}",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
