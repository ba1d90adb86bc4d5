"""One drill: what is broken and what is expected (its marker), and what was seen, as a row of docs/reliability.json.

`DRILLS=FILE` in the environment (`make drills RECORD=1`) keeps the row of every drill that passed in that file, in place
of its older one; without it nothing is written anywhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ledger import Keeps, Seen, check, query
from tests.faults.machines import ROOT

DRAINED_WITHIN = 300
"""Seconds within which what a fault has piled up must be worked off, by itself."""


@dataclass
class Drill:
    """A drill under way. `mended()` says that from now on nothing is broken any more; `check` closes its books."""

    name: str
    broken: str
    expected: str
    since: float = 0.0
    seconds: float = 0.0
    seen: Seen | None = None
    fsync: str = ""

    def mended(self) -> None:
        self.since = time.monotonic()

    def check(self, mailbox: Keeps, refused: Mapping[str, int] | None = None) -> Seen:
        """`ledger.check`, and that the backlog was worked off in time; gives what it saw."""
        self.seen = check(mailbox, refused or {})
        self.seconds = time.monotonic() - self.since
        assert self.since, "a drill says when its fault was mended"
        assert self.seconds < DRAINED_WITHIN
        self.fsync = str(query("SHOW fsync")[0][0])
        return self.seen

    def row(self) -> dict[str, Any]:
        assert self.seen is not None, "a drill closes its books"
        told = {"broken": self.broken, "expected": self.expected, **asdict(self.seen), "fsync": self.fsync}
        return told | {
            "seconds": round(self.seconds),
            "date": datetime.now(UTC).date().isoformat(),
            "version": version(),
        }


def begin(request: pytest.FixtureRequest) -> Drill:
    marker = request.node.get_closest_marker("drill")
    if marker is None:
        pytest.fail("Mark the drill: @pytest.mark.drill(broken=…, expected=…).")
    return Drill(request.node.name, **marker.kwargs)


def keep(drill: Drill) -> None:
    """Write the row of a drill that passed, where it was asked for."""
    if not (place := os.environ.get("DRILLS")):
        return
    path = Path(place)
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rows[drill.name] = drill.row()
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def version() -> str:
    """The version of pyproject.toml and, in a clone, the commit; a plus sign where it was changed since, docs apart."""
    number = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    commit = _git("rev-parse", "--short=8", "HEAD")
    changed = "+" if _git("status", "--porcelain", "--", ".", ":!docs") else ""
    return f"{number} ({commit}{changed})" if commit else str(number)


def _git(*words: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True, check=False).stdout.strip()
