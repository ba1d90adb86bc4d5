"""What lies outside the code is told in one sentence, on stderr, with exit code 2 and without a traceback.

In English here (CHIBO_LANGUAGE=en), so that the words can be compared; the last tests ask for Vietnamese, the default.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import ProgrammingError
from psycopg import errors as pg

from backend.config import env, faults
from backend.config.database import conninfo, database_settings
from backend.config.errors import ConfigurationError
from backend.config.single import only_one
from backend.config.words import said

ROOT = Path(__file__).resolve().parents[2]
NOBODY_LISTENS = "127.0.0.1:1"


def command(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    surroundings = {
        **os.environ,
        "CHIBO_ROLE": "app",
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.local",
        "CHIBO_LANGUAGE": "en",
        **settings,
    }
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60, check=False
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")
    assert [word for word in words if word not in done.stderr] == []


@pytest.mark.real
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE_URL": "sqlite:///x"}, ("DATABASE_URL must look like", "PostgreSQL only")),
        (
            {"DATABASE_URL": f"postgresql://a:secret@{NOBODY_LISTENS}/x"},
            ("PostgreSQL cannot be used", "Connection refused"),
        ),
        ({"DATABASE_URL": "postgresql://a:b@/x?host=/nowhere"}, ("No such file or directory", "DATABASE_URL")),
        ({"CHIBO_LOCAL_DIR": "/proc/chibo"}, ("/proc/chibo", "CHIBO_LOCAL_DIR")),
        ({"CHIBO_ROLE": "boss"}, ("CHIBO_ROLE must be one of owner, app, jobs",)),
        ({"EMAIL_PORT": "mail"}, ("EMAIL_PORT must be a whole number",)),
        ({"EMAIL_USE_TLS": "maybe"}, ("EMAIL_USE_TLS must be 1 or 0, not “maybe”",)),
        ({"CHIBO_FIELD_KEYS": "abc"}, ("CHIBO_FIELD_KEYS must hold Fernet keys",)),
        ({"CHIBO_INDEX_KEY": "zz"}, ("CHIBO_INDEX_KEY must be at least 32 bytes in hexadecimal",)),
    ],
)
def test_command_tells_a_broken_setting(settings: dict[str, str], words: tuple[str, ...]) -> None:
    done = command("manage.py", "showmigrations", **settings)
    assert_one_sentence(done, *words)
    assert "secret" not in done.stderr


@pytest.mark.real
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PORT": "web"}, ("PORT must be a whole number",)),
        ({"PORT": "70000"}, ("PORT must be between 1 and 65535",)),
        ({"CHIBO_SAMPLE": "maybe"}, ("CHIBO_SAMPLE must be 1 or 0, not “maybe”",)),
        ({"CHIBO_FIELD_KEYS": "abc"}, ("CHIBO_FIELD_KEYS must hold Fernet keys",)),
        ({"CHIBO_INDEX_KEY": "zz"}, ("CHIBO_INDEX_KEY must be at least 32 bytes in hexadecimal",)),
        ({"REDIS_URL": f"redis://{NOBODY_LISTENS}"}, ("Redis cannot be used", "REDIS_URL")),
        ({"REDIS_URL": "redis"}, ("REDIS_URL must look like redis://",)),
        ({"DATABASE_URL": f"postgresql://a:b@{NOBODY_LISTENS}/x"}, ("127.0.0.1:1", "as “a”", "DATABASE_URL")),
    ],
)
def test_launcher_tells_a_broken_setting(settings: dict[str, str], words: tuple[str, ...], tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ours = {"DATABASE_URL": f"postgresql://a:b@{NOBODY_LISTENS}/x", "REDIS_URL": env.services().redis_url}
    done = command(
        "-m",
        "backend.config.launcher",
        **{**ours, "PORT": port, "CHIBO_LOCAL_DIR": str(tmp_path / "local"), **settings},
    )
    assert_one_sentence(done, *words)
    assert done.stdout == ""  # nothing is said to be starting before the addresses were tried


GOOD = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="


@pytest.mark.parametrize(
    ("word", "read"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("FALSE", False), ("", True)]
)
def test_a_flag_is_yes_or_no(monkeypatch: pytest.MonkeyPatch, word: str, read: bool) -> None:
    monkeypatch.setenv("CHIBO_SAMPLE", word)
    assert env.flag("CHIBO_SAMPLE", default=True) is read


def test_keys_that_work_are_taken_as_they_are_and_others_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for keys in ("", GOOD, f"{GOOD}, {GOOD}"):
        monkeypatch.setenv("CHIBO_FIELD_KEYS", keys)
        assert env.field_keys() == keys
    for keys in (",", "khoá", GOOD[:-4], f"{GOOD},abc"):
        monkeypatch.setenv("CHIBO_FIELD_KEYS", keys)
        with pytest.raises(ConfigurationError, match="CHIBO_FIELD_KEYS"):
            env.field_keys()
    for key in ("", "ab" * 32):
        monkeypatch.setenv("CHIBO_INDEX_KEY", key)
        assert env.index_key() == key
    for key in ("ab" * 31, "abc", "zz" * 32):
        monkeypatch.setenv("CHIBO_INDEX_KEY", key)
        with pytest.raises(ConfigurationError, match="CHIBO_INDEX_KEY"):
            env.index_key()


def public_url(local: Path, **settings: str) -> str:
    """What a command on a laptop believes Chibo's address to be."""
    code = "from django.conf import settings; print(settings.CHIBO_PUBLIC_URL)"
    nowhere = {"DATABASE_URL": "postgresql://nobody@localhost/nothing", "REDIS_URL": "redis://localhost"}
    given = {"CHIBO_PUBLIC_URL": "", "CHIBO_LOCAL_DIR": str(local), **nowhere, **settings}
    done = command("-c", code, **given)
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_command_knows_the_port_that_the_launcher_took(tmp_path: Path) -> None:
    local = tmp_path / "local"
    assert public_url(local) == "http://localhost:8000"
    with only_one(local, 8641):
        assert public_url(local) == "http://localhost:8641"
        assert public_url(local, CHIBO_PUBLIC_URL="https://chibo.example") == "https://chibo.example"
    assert public_url(local) == "http://localhost:8641", "where it last ran"
    (local / "run.json").write_text("{")
    assert public_url(local) == "http://localhost:8000"


@pytest.mark.real
def test_launcher_tells_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("-m", "backend.config.launcher", PORT=str(port), CHIBO_LOCAL_DIR=str(tmp_path / "local"))
    assert_one_sentence(done, f"Port {port} is taken", f"PORT={port + 1}")


@pytest.mark.real
def test_wrong_password_is_told_without_it() -> None:
    parts = database_settings(env.services().database_url)
    url = f"postgresql://{parts['USER']}:not-this-one@/{parts['NAME']}?host={parts['HOST']}"
    with pytest.raises(ConfigurationError, match=r"password authentication failed.*check DATABASE_URL\.$") as told:
        faults.probe_database(url, "DATABASE_URL")
    assert "not-this-one" not in str(told.value)


def test_a_database_that_was_never_migrated_is_told_so() -> None:
    """The driver's error stands behind Django's."""
    error = ProgrammingError()
    error.__cause__ = pg.UndefinedTable('relation "members_member" does not exist\nLINE 1: SELECT')
    assert faults.explain(error) == (
        'Các bảng không thuộc phiên bản này (relation "members_member" does not exist): hãy chạy manage.py migrate.'
    )


def test_other_errors_keep_their_traceback() -> None:
    assert faults.explain(ValueError("a fault of ours")) is None


@pytest.mark.parametrize("url", ["", "mysql://a@b/c", "postgresql://host", "postgresql://host:port/name"])
def test_database_address_must_be_one(url: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL must look like"):
        database_settings(url)


def test_database_address_is_read_whole() -> None:
    settings = database_settings("postgresql://us%40er:p%2Fw@db.example:5433/name?sslmode=require")
    read = [settings[word] for word in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert read == ["us@er", "p/w", "db.example", "5433", "name"]
    assert settings["OPTIONS"] == {"sslmode": "require", "connect_timeout": "10", "prepare_threshold": 5}
    assert "prepare_threshold" not in conninfo(
        "postgresql://u:p@/name?host=%2Frun%2Fx"
    )  # a word of psycopg, not of libpq
    by_socket = database_settings("postgresql://u:p@/name?host=%2Frun%2Fx")
    assert (by_socket["HOST"], by_socket["PORT"]) == ("/run/x", "")


@pytest.mark.real
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (
            (
                "-m",
                "gunicorn",
                "backend.config.wsgi",
                "--bind",
                "127.0.0.1:0",
                "--no-control-socket",
                "--log-level=critical",
            ),
            4,
        ),
        (("-m", "celery", "--app", "celery_app", "worker"), 2),
    ],
)
def test_production_without_its_settings_does_not_start(words: tuple[str, ...], code: int) -> None:
    given = {"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b"}
    done = command(*words, DJANGO_SETTINGS_MODULE="backend.config.settings.production", **given)
    assert done.returncode == code
    assert (
        done.stderr
        == "Production needs these settings: SECRET_KEY, CHIBO_FIELD_KEYS, CHIBO_INDEX_KEY, CHIBO_PUBLIC_URL.\n"
    )


@pytest.mark.real
@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (("manage.py", "status"), {"CHIBO_ROLE": "boss"},
         "CHIBO_ROLE phải là một trong các giá trị owner, app, jobs, không phải “boss”."),
        (("manage.py", "status"), {"CHIBO_LANGUAGE": "fr"},
         "CHIBO_LANGUAGE phải là một trong các giá trị vi, en, không phải “fr”."),
        (("-m", "backend.config.launcher"), {"PORT": "70000"}, "PORT phải nằm trong khoảng từ 1 đến 65535, không phải 70000."),
        (("-m", "celery", "--app", "celery_app", "worker"), {"DATABASE_URL": "sqlite:///x"},
         "DATABASE_URL phải có dạng postgresql://user:password@host:5432/name; Chibo chỉ chạy trên PostgreSQL."),
    ],
)  # fmt: skip
def test_the_language_is_vietnamese_unless_another_one_is_asked_for(
    words: tuple[str, ...], settings: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    done = command(*words, **{"CHIBO_LANGUAGE": "", "CHIBO_LOCAL_DIR": str(tmp_path / "local"), **settings})
    assert (done.returncode, done.stderr) == (2, f"{sentence}\n")


def test_every_sentence_said_before_django_is_there_stands_in_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ConfigurationError("PORT must be between 1 and 65535, not %(port)s.", port=0)
    told = []
    for language in ("vi", "en"):
        monkeypatch.setenv("CHIBO_LANGUAGE", language)
        told.append(said(error))
    assert told == ["PORT phải nằm trong khoảng từ 1 đến 65535, không phải 0.", str(error)]


BYTES = os.fsdecode(b"a\xff")


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", BYTES, "--name", "x"), ("user", "password", BYTES), ("office", "list", "--user", BYTES),
        ("unit", "open", BYTES, "x", "cell", "--under", "98", "--on", "2026-11-01"), ("badges", "--unit", BYTES),
        ("invite", "new", BYTES, "cell_deputy", "98.101.000.000.001", "--name", "x", "--from", "2026-11-01"),
        ("erase_details", "--member", "10", "--reason", BYTES), ("migrate", BYTES), (BYTES,), ("import_commune", BYTES),
    ],
    ids=lambda words: words[0] if words[0] != BYTES else "no command",
)  # fmt: skip
def test_bytes_that_are_no_text_are_said_to_be_before_anything_is_opened(words: tuple[str, ...]) -> None:
    nowhere = {"DATABASE_URL": f"postgresql://a:b@{NOBODY_LISTENS}/x", "REDIS_URL": "redis://b"}
    done = command("manage.py", *words, **nowhere)
    assert done.stderr == "“a\\xff” is no text in UTF-8: set the terminal to UTF-8 and write it again.\n"
    assert (done.returncode, done.stdout) == (2, "")
