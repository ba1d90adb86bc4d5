"""The seed of the log: from the environment or from a file, which the jobs alone read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex, token_urlsafe

import pytest
from cryptography.fernet import Fernet

from backend.config import env
from backend.config.errors import ConfigurationError

SEED, DRAWN = "ab" * 32, token_hex(32)


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
    file.write_text("\n")
    with pytest.raises(ConfigurationError, match="seed holds nothing: it must hold the seed of the log"):
        env.signing_key()
    monkeypatch.setenv("CHIBO_SIGNING_KEY", SEED)
    with pytest.raises(ConfigurationError, match="Give CHIBO_SIGNING_KEY or CHIBO_SIGNING_KEY_FILE, not both"):
        env.signing_key()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CHIBO_SIGNING_KEY_FILE": "seed"}, DRAWN), ({"CHIBO_SIGNING_KEY": DRAWN}, DRAWN),
        ({}, "Production needs these settings: CHIBO_SIGNING_KEY."),
        ({"CHIBO_SIGNING_KEY_FILE": "weak"}, "CHIBO_SIGNING_KEY"),
    ],
    ids=["file", "environment", "neither", "not drawn at random"],
)  # fmt: skip
def test_production_takes_either_and_starts_with_neither_nor_a_weak_one(
    given: dict[str, str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "seed").write_text(DRAWN)
    (tmp_path / "weak").write_text("11" * 32)
    words = "from django.conf import settings; print(settings.CHIBO_SIGNING_KEY)"
    settings = {
        "SECRET_KEY": token_urlsafe(64), "DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b",
        "CHIBO_FIELD_KEYS": Fernet.generate_key().decode(), "CHIBO_INDEX_KEY": token_hex(32),
        "CHIBO_PUBLIC_URL": "https://chibo.example.org", "ALLOWED_HOSTS": "chibo.example.org", "CHIBO_ROLE": "jobs",
        "CHIBO_LANGUAGE": "en", "DJANGO_SETTINGS_MODULE": "backend.config.settings.production", "PATH": os.environ["PATH"],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=tmp_path, env={**settings, **given, "PYTHONPATH": str(env.BASE_DIR)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said in done.stdout + done.stderr
    assert (done.returncode == 0) == (said == DRAWN), done.stderr
