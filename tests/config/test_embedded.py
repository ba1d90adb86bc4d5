"""The embedded servers with real processes: started by whoever comes first, stopped by whoever leaves last."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from backend.config import embedded

REDIS = ("redis-server", "valkey-server")

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.real

USE = """
import json, sys, psycopg, redis
from pathlib import Path
from backend.config import embedded
running = embedded.ensure(Path(sys.argv[1]))
with psycopg.connect(running.database_url(sys.argv[2])) as db:
    row = db.execute("SELECT current_user, usesuper, pg_postmaster_start_time()::text, datlocale, "
        "pg_encoding_to_char(encoding) FROM pg_user, pg_database WHERE usename = current_user AND datname = 'chibo'")
    user, is_super, since, locale, encoding = row.fetchone()
print(json.dumps({"user": user, "super": is_super, "since": since, "locale": locale, "encoding": encoding,
    "ping": redis.Redis.from_url(running.redis_url).ping(), "redis": running.redis_url,
    "database": running.database_url(sys.argv[2])}), flush=True)
if sys.argv[3] == "wait":
    sys.stdin.read()
if sys.argv[3] == "fork":
    import os
    child = os.fork()
    if child == 0:
        sys.exit(0)
    os.waitpid(child, 0)
    print(redis.Redis.from_url(running.redis_url).ping(), flush=True)
"""


class User:
    """A process that uses the servers of a folder until it is told to end."""

    def __init__(self, folder: Path, role: str = "app", how: str = "wait") -> None:
        command = [sys.executable, "-c", USE, str(folder), role, how]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)

    def answer(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        found: dict[str, Any] = json.loads(line)
        return found

    def leave(self) -> str:
        rest, complaints = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, complaints
        return rest

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def servers(folder: Path) -> list[psutil.Process]:
    """PostgreSQL and Redis of this folder that are alive (this machine's init may not reap the dead)."""
    found = []
    for process in psutil.process_iter(["name", "cmdline", "status"]):
        words = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and (
            str(folder / "postgres") in words
            or (words and words[0].split()[0].endswith(REDIS) and _folder_of(process) == folder)
        ):
            found.append(process)
    return found


def _folder_of(process: psutil.Process) -> Path | None:
    try:
        return Path(process.cwd()).parent
    except psutil.Error:
        return None


@pytest.fixture
def folder() -> Iterator[Path]:
    """A local folder that the servers' account can reach (pytest's own are private)."""
    local = Path(tempfile.mkdtemp(prefix="chibo-test-"))
    local.chmod(0o711)
    yield local
    for process in servers(local):
        process.kill()
    shutil.rmtree(local)


def test_first_user_starts_and_last_one_stops(folder: Path) -> None:
    first = User(folder)
    one = first.answer()
    assert (one["user"], one["super"], one["ping"]) == ("chibo_app", False, True)
    assert (one["locale"], one["encoding"]) == ("C.UTF-8", "UTF8")
    second = User(folder, "jobs")
    two = second.answer()
    assert (two["user"], two["since"], two["redis"]) == ("chibo_jobs", one["since"], one["redis"])
    first.leave()
    assert len(servers(folder)) == 2
    second.leave()
    assert servers(folder) == []


def test_many_first_users_agree_on_one_pair_of_servers(folder: Path) -> None:
    users = [User(folder, "owner") for _ in range(5)]
    answers = [user.answer() for user in users]
    assert len({(answer["since"], answer["redis"], answer["database"]) for answer in answers}) == 1
    for user in users:
        user.leave()
    assert servers(folder) == []


def test_forked_child_does_not_stop_the_servers(folder: Path) -> None:
    user = User(folder, how="fork")
    user.answer()
    assert user.leave() == "True\n"
    assert servers(folder) == []


@pytest.mark.fault
def test_kill_of_user_and_server_is_survived_with_data(folder: Path) -> None:
    user = User(folder, "owner")
    address = user.answer()["database"]
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute("
            "'CREATE TABLE kept AS SELECT 7 AS n')",
            address,
        ],
        check=True,
    )
    user.kill()
    left = servers(folder)
    assert len(left) == 2
    for process in left:
        os.kill(process.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert (folder / "postgres" / "postmaster.pid").exists()
    again = User(folder, "owner")
    address = again.answer()["database"]
    row = subprocess.run(
        [
            sys.executable,
            "-c",
            "import psycopg, sys; print(psycopg.connect(sys.argv[1]).execute('SELECT n FROM kept').fetchone())",
            address,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert row.stdout == "(7,)\n"
    again.leave()
    assert servers(folder) == []


def test_secrets_are_private_kept_and_not_for_others(folder: Path) -> None:
    first = embedded.secrets(folder)
    assert embedded.secrets(folder) == first
    assert set(first) == {"SECRET_KEY", "CHIBO_FIELD_KEYS", "CHIBO_INDEX_KEY", "CHIBO_SIGNING_KEY"}
    assert len(bytes.fromhex(first["CHIBO_SIGNING_KEY"])) == len(bytes.fromhex(first["CHIBO_INDEX_KEY"])) == 32
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600


def test_servers_are_closed_to_strangers(folder: Path) -> None:
    user = User(folder)
    answer = user.answer()
    listening = [c for s in servers(folder) for c in s.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
    assert len(listening) == 1  # Redis alone: PostgreSQL has its socket
    assert stat.S_IMODE((folder / "run").stat().st_mode) == 0o700
    assert "trust" not in [
        line.split()[-1]
        for line in (folder / "postgres" / "pg_hba.conf").read_text().splitlines()
        if line[:1].isalpha()
    ]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(answer["database"].replace("chibo_app:", "chibo_app:x"))
    with (
        pytest.raises(redis.AuthenticationError),
        redis.Redis.from_url("redis://" + answer["redis"].split("@")[1]) as c,
    ):
        c.ping()
    user.leave()


def test_the_log_of_any_server_keeps_no_words_of_a_statement_that_failed(folder: Path) -> None:
    """Also on a server that logs what a stock one does; a superuser's statement shows what that would be."""
    name, user = "Đinh Văn Kín", User(folder, "owner")
    owner = user.answer()["database"]
    passwords = json.loads((folder / "passwords.json").read_text())
    superuser = owner.replace(f"chibo_owner:{passwords['owner']}", f"postgres:{passwords['superuser']}")
    log = folder / "log" / "postgres.log"
    failing = f"INSERT INTO person VALUES ('{name}', NULL)"
    with psycopg.connect(superuser, autocommit=True) as server:
        for setting in ("log_min_error_statement", "log_error_verbosity"):
            server.execute(f"ALTER SYSTEM RESET {setting}")
        server.execute("SELECT pg_reload_conf()")
        server.execute("CREATE TABLE person (full_name text, home text NOT NULL)")
        server.execute("GRANT INSERT ON person TO chibo_owner, chibo_app, chibo_jobs")
    for role in ("owner", "app", "jobs"):
        address = owner.replace(f"chibo_owner:{passwords['owner']}", f"chibo_{role}:{passwords[role]}")
        with psycopg.connect(address, autocommit=True) as db, pytest.raises(psycopg.errors.NotNullViolation):
            db.execute(failing)
    said = log.read_text()
    assert (said.count('null value in column "home"'), name in said) == (3, False)
    with psycopg.connect(superuser, autocommit=True) as server, pytest.raises(psycopg.errors.NotNullViolation):
        server.execute(failing)
    said = log.read_text()
    assert (said.count(f"DETAIL:  Failing row contains ({name}"), said.count(f"STATEMENT:  {failing}")) == (1, 1)
    user.leave()
