"""docs/reliability.md shows what the drills kept, and has a line for each of them."""

from __future__ import annotations

import json
import re
import runpy

from tests.faults.machines import ROOT

PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
ROWS = json.loads((ROOT / "docs/reliability.json").read_text(encoding="utf-8"))
DRILL = re.compile(r"^@pytest\.mark\.drill\(.*?^def (test_\w+)", re.MULTILINE | re.DOTALL)


def test_the_page_shows_what_was_kept() -> None:
    rendered = runpy.run_path(str(ROOT / "scripts/reliability.py"))["rendered"]
    assert rendered(PAGE, ROWS) == PAGE, "run scripts/reliability.py"


def test_every_drill_has_its_line_and_no_line_is_left_of_another() -> None:
    drills = {name for path in (ROOT / "tests/faults").glob("test_*.py") for name in DRILL.findall(path.read_text())}
    assert len(drills) > 12
    assert set(ROWS) == drills, "run `make drills RECORD=1` (ARGS='-k …' for one)"


def test_every_line_adds_up() -> None:
    for name, row in ROWS.items():
        assert sum(row["fates"].values()) == row["due"] > 0, name
        assert sum(row["reasons"].values()) == sum(row["fates"].get(fate, 0) for fate in ("skipped", "failed")), name
        assert "held" not in row["letters"], name
        assert row["seconds"] < 300, name
