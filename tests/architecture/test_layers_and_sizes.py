"""The walls of the house: layers, sizes, who reads the environment, and nothing of one machine in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import size_budget  # noqa: E402 - a script, not a package

ENTRY_POINTS = {"manage.py", "celery_app.py", "backend/config/wsgi.py", "backend/config/env.py"}
REGISTRY = re.compile(
    r"https?://[^\s\"']*(?:/simple\b|pypi\.org|pythonhosted|/pypi/)|--(?:extra-)?index-url|--find-links"
)
MACHINE = re.compile(r"(?<![\w./-])/(?:home|Users|work|root|opt)/[\w.-]+")


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    return [
        ROOT / name for name in listed if name and (not suffixes or name.endswith(suffixes)) and (ROOT / name).is_file()
    ]


def reads_environment(source: str) -> bool:
    """os.environ, os.getenv, `from os import environ`: reading as well as writing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}:
            return True
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {n.name for n in node.names}
        ):
            return True
    return False


def test_layers_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "0 broken" in done.stdout


def test_modules_and_functions_keep_their_size() -> None:
    assert list(size_budget.oversized(ROOT)) == []


def test_size_budget_sees_what_is_too_long(tmp_path: Path) -> None:
    folder = tmp_path / "backend"
    folder.mkdir()
    (folder / "long.py").write_text("x = 1\n" * 251)
    (folder / "deep.py").write_text("def f():\n" + "    x = 1\n" * 40)
    (folder / "fits.py").write_text("def f():\n" + "    x = 1\n" * 39 + "x = 1\n" * 210)
    assert list(size_budget.oversized(tmp_path)) == ["backend/deep.py:1 f: 41 lines", "backend/long.py: 251 lines"]


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("import os\nos.environ['A']", True),
        ("import os as o\no.getenv('A')", True),
        ("from os import environ", True),
        ("from backend.config import env\nenv.text('A')", False),
    ],
)
def test_reads_environment_tells_readers(source: str, reads: bool) -> None:
    assert reads_environment(source) is reads


def test_only_env_reads_the_environment() -> None:
    rooms = [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] in {"backend", "workflows"}]
    readers = {path.relative_to(ROOT).as_posix() for path in rooms if reads_environment(path.read_text())}
    assert readers <= ENTRY_POINTS


def test_no_address_of_an_index_is_committed() -> None:
    for path in tracked("requirements.txt", "requirements-dev.txt", ".in", ".toml", "Makefile", ".sh", ".yml"):
        assert REGISTRY.findall(path.read_text()) == [], path
    assert REGISTRY.search("--index-url https://somewhere/simple")


def test_no_path_of_one_machine_is_committed() -> None:
    skipped = {"tests/architecture/test_layers_and_sizes.py", "LICENSE"}
    for path in tracked(
        ".py", ".md", ".toml", ".sh", ".yml", ".yaml", ".txt", ".in", "Makefile", "Dockerfile", ".example"
    ):
        if path.relative_to(ROOT).as_posix() not in skipped:
            assert MACHINE.findall(path.read_text()) == [], path
    assert MACHINE.search("see /home/somebody/x")


def test_pins_carry_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / name).read_text())
        pins = [block for block in blocks if "==" in block.split("\n")[0]]
        assert len(pins) > 30
        assert [block.split("\n")[0] for block in pins if "--hash=sha256:" not in block] == []
