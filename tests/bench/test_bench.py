"""The bench runs from end to end and says what it measured; how fast it is, is not judged by small numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backend.config import env
from bench.pages import AT_MOST, LOOKS


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(450)
def test_quick_bench_measures_every_target(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench", "--quick", "--json", str(file)]
    done = subprocess.run(
        command, cwd=env.BASE_DIR, env=_environment(), capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text())
    assert {name for one in figures for name in one} >= {"name", "value", "unit", "target", "ok"}
    assert [(one["target"], one["at_most"]) for one in figures if one["target"] is not None] == [
        (0.45, False), (0.6, False), (10, False), (0.5, False), (1.5, True), (1.5, True),
        (0.5, False), (1.5, True), (1.2, True), (0.5, False), (1.5, True), (1.2, True), (20_000, False), (100_000, False),
        (1.25, True), (1.25, True), (1.25, True), (1.25, True), (1.25, True),
        *((most, True) for look in LOOKS for most in (look.most, AT_MOST)),
    ]  # fmt: skip
    assert all(one["value"] > 0 for one in figures)
    assert len(done.stdout.splitlines()) == len(figures)


def _environment() -> dict[str, str]:
    """The owner's settings of this test run stay here: the bench chooses its roles itself."""
    return {name: value for name, value in env.child().items() if name not in {"DJANGO_SETTINGS_MODULE", "CHIBO_ROLE"}}
