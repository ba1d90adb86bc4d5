"""docs/adding-a-lifecycle.md is followed in a copy of the repository, and what comes of it must work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.following import Instruction, commands, instructions
from tests.realdb import RealDatabase

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "adding-a-lifecycle.md").read_text(encoding="utf-8")
COPIED = ("backend", "docs", "locale", "scripts", "tests", "workflows", "manage.py", "pyproject.toml", "Makefile")
MADE_BY_MAKE = {
    "make setup-dev": "",
    "make docs check": "{python} -m workflows.documenting docs/generated",
    "make test": "{python} -m pytest -q -p no:cacheprovider -n 0 {pages}",
}
"""What the page leaves to make, as far as it concerns the new page; make itself would install anew."""
PAGES = [
    "tests/workflows/test_catalogue.py", "tests/workflows/test_said.py", "tests/workflows/test_translations.py",
    "tests/workflows/test_guards.py", "tests/workflows/test_walk.py", "tests/workflows/test_documenting.py",
    "tests/workflows/test_scenarios.py", "tests/backend/deadlines/test_titles.py",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.real
def test_the_page_followed_word_for_word_adds_a_lifecycle(committed_db: RealDatabase, tmp_path: Path) -> None:
    for name in COPIED:
        whole = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        whole(ROOT / name, tmp_path / name)
    for one in instructions(PAGE):
        one.follow(tmp_path)
    said = [run(command, committed_db, tmp_path) for command in commands(PAGE)]
    by_command = dict(zip(commands(PAGE), said, strict=True))
    assert by_command[".venv/bin/python scripts/messages.py"] == ""
    told = by_command[".venv/bin/python manage.py scenarios workflows/scenarios/study"]
    assert [line.split(" · ")[0] for line in told.splitlines()][:-1] == ["✓ STU.LONGEST", "✓ STU.ENDED"]
    assert (tmp_path / "docs/generated/study.svg").exists()
    assert "study.too_long" in (tmp_path / "tests/workflows/said.txt").read_text(encoding="utf-8")


def run(command: str, database: RealDatabase, at: Path) -> str:
    """What the command printed in the copy. Fails the test where it does not end well."""
    words = MADE_BY_MAKE.get(command, command).format(python=".venv/bin/python", pages=" ".join(PAGES)).split()
    if not words:
        return ""
    assert words[0] == ".venv/bin/python", command
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))},
        **database.environment(), "PYTHONPATH": str(at), "DJANGO_SETTINGS_MODULE": "backend.config.settings.test",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=at, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_a_block_that_nobody_says_where_to_put_and_a_line_that_is_gone_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="Nothing says where"):
        list(instructions("Write this:\n\n```python\nx = 1\n```\n"))
    (tmp_path / "a.py").write_text("one\ntwo\ntwo\n")
    for line in ("two", "three"):
        with pytest.raises(LookupError, match="lines"):
            Instruction("a.py", "new\n", line).follow(tmp_path)
    with pytest.raises(FileExistsError):
        Instruction("a.py", "new\n", new=True).follow(tmp_path)
    Instruction("a.py", "new\n", "one").follow(tmp_path)
    Instruction("a.py", "last\n").follow(tmp_path)
    assert (tmp_path / "a.py").read_text() == "one\nnew\ntwo\ntwo\nlast\n"
