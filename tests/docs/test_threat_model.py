"""docs/threat-model.md: every attack has its test, and every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ATTACKS = PAGE.split("## Attacks", 1)[1].split("\n## ", 1)[0]
ROWS = [row for row in re.findall(r"^\|(.*)\|$", ATTACKS, re.MULTILINE) if not re.match(r" attack |-", row)]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def found_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


def test_every_attack_has_its_tests_and_each_of_them_is_there() -> None:
    assert len(ROWS) >= 45
    for row in ROWS:
        attack, holds, tests = row.split(" | ")
        assert attack.strip(), row
        assert holds.strip(), row
        named = NAMED.findall(tests)
        assert named, f"no test: {attack}"
        assert NAMED.sub("", tests).strip() == "", f"something else stands among the tests: {tests}"
        assert [f"{path}::{name}" for path, name in named if name not in found_in(path)] == []


def test_every_test_of_an_attack_is_on_the_page() -> None:
    written = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "tests" / "attacks").glob("test_*.py")
        for name in found_in(str(path.relative_to(ROOT)))
    }
    assert written - set(NAMED.findall(ATTACKS)) == set()


def test_links_lead_to_pages() -> None:
    links = re.findall(r"\]\(([\w.-]+)\)", PAGE)
    assert links
    assert [one for one in links if not (ROOT / "docs" / one).is_file()] == []
