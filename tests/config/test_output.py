"""`manage.py … | head`: whoever stops reading ends the command, and nobody reads a traceback for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from backend.config.output import LEFT, reader_may_leave

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def left() -> Iterator[int]:
    """A pipe whose reader went away."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def run(*words: str, settings: Mapping[str, str] = {}, **streams: int) -> subprocess.CompletedProcess[bytes]:
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "backend.config.settings.tools", **settings}
    settings.pop("PYTHONUNBUFFERED", None)
    given = {"stderr": subprocess.PIPE} | streams
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=settings, timeout=60, check=False, **given)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("words", [["law"], ["law", "--help"], ["--version"]], ids=" ".join)
def test_a_command_whose_reader_went_away_ends_without_a_word(left: int, words: list[str]) -> None:
    """A long answer breaks while it is written, a short one when it is handed over at the end."""
    done = run("manage.py", *words, stdout=left)
    assert (done.returncode, done.stderr) == (LEFT, b"")


@pytest.mark.parametrize("words", [["law", "NO.RULE"], ["nonsense"]], ids=" ".join)
def test_so_does_one_that_had_only_an_error_to_tell(left: int, words: list[str]) -> None:
    assert run("manage.py", *words, stdout=left, stderr=left).returncode == LEFT
    done = run("manage.py", *words, stdout=left)
    assert done.returncode in (1, 2), "nothing was to be said on stdout"
    assert b"Traceback" not in done.stderr


def test_make_run_whose_reader_went_away_starts_nothing(left: int, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    own = {"PORT": port, "CHIBO_LOCAL_DIR": str(tmp_path / "local"), "DATABASE_URL": "", "REDIS_URL": ""}
    done = run("-m", "backend.config.launcher", stdout=left, settings=own)
    assert (done.returncode, done.stderr) == (LEFT, b"")
    assert not [path for path in tmp_path.rglob("*") if path.name in ("postgres", "redis", "PG_VERSION")]


def test_what_is_read_to_the_end_ends_well() -> None:
    done = run("manage.py", "law", stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.splitlines()) > 100


def test_another_pipe_that_broke_is_an_error() -> None:
    code = (
        "from backend.config.output import reader_may_leave\n"
        "with reader_may_leave():\n    raise BrokenPipeError('the mail server')\n"
    )
    done = run("-c", code, stdout=subprocess.PIPE)
    assert done.returncode == 1
    assert b"BrokenPipeError: the mail server" in done.stderr


def test_nothing_happens_where_nothing_breaks() -> None:
    with reader_may_leave():
        pass
