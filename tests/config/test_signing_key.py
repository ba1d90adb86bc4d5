"""The seed of the log: from the environment or from a file, which the jobs alone read."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.config import env
from backend.config.errors import ConfigurationError

SEED = "ab" * 32


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CHIBO_SIGNING_KEY", raising=False)
    monkeypatch.setenv("CHIBO_SIGNING_KEY_FILE", str(tmp_path / "seed"))
    monkeypatch.setenv("CHIBO_ROLE", "jobs")
    return tmp_path / "seed"


def test_the_jobs_read_the_file(file: Path) -> None:
    file.write_text(f"{SEED}\n")
    assert env.signing_key() == SEED


@pytest.mark.parametrize("role", ["app", "owner"])
def test_nobody_else_opens_it(file: Path, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIBO_ROLE", role)
    assert env.signing_key() == ""


def test_without_a_file_it_is_the_environments(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIBO_SIGNING_KEY_FILE", "")
    assert env.signing_key() == ""
    monkeypatch.setenv("CHIBO_SIGNING_KEY", SEED)
    assert env.signing_key() == SEED


def test_what_cannot_be_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"seed cannot be read \(No such file or directory\)\.$"):
        env.signing_key()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"cannot be read \(not ASCII\)"):
        env.signing_key()
    monkeypatch.setenv("CHIBO_SIGNING_KEY", SEED)
    with pytest.raises(ConfigurationError, match="Give CHIBO_SIGNING_KEY or CHIBO_SIGNING_KEY_FILE, not both"):
        env.signing_key()
