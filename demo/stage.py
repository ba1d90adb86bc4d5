"""The stage: a database and a Redis of the demo's own, and the processes that `make run` would start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

from backend.config import env
from backend.config.database import conninfo
from backend.config.launcher import ROOT_WARNING
from backend.config.processes import Family, Part, python

DATABASE = "chibo_demo"
REDIS_DATABASE = 15
READY_SECONDS = 60


class StageError(Exception):
    """What keeps the demo from running, in one sentence."""


@contextmanager
def alone() -> Iterator[None]:
    """One demo at a time on a server: a second one would drop the first one's database."""
    address = _named(env.services_for("owner").database_url, "postgres")
    try:
        with psycopg.connect(conninfo(address), autocommit=True) as connection:
            row = connection.execute("SELECT pg_try_advisory_lock(hashtext('chibo.demo'))").fetchone()
            if row != (True,):
                raise StageError("Another demo runs on this PostgreSQL: wait until it has ended.")
            _empty_database(connection)
            yield
    except psycopg.Error as error:
        raise StageError(f"The demo cannot make its database {DATABASE}: {str(error).splitlines()[0]}") from error


def build(smtp_port: int, web_port: int) -> dict[str, str]:
    """An empty Redis, and the environment in which every process of the demo runs; inside `alone()`.

    The laptop's own database `chibo` is never opened: `chibo_demo` was dropped and made beside it.
    """
    given = {role: env.services_for(role) for role in env.ROLES}
    broker = urlsplit(given["app"].redis_url)._replace(path=f"/{REDIS_DATABASE}").geturl()
    try:
        with redis.Redis.from_url(broker) as client:
            client.flushdb()
    except redis.RedisError as error:
        raise StageError(f"The demo cannot use database {REDIS_DATABASE} of this Redis: {error}") from error
    return env.child(
        DATABASE_OWNER_URL=_named(given["owner"].database_url, DATABASE),
        DATABASE_URL=_named(given["app"].database_url, DATABASE),
        DATABASE_JOBS_URL=_named(given["jobs"].database_url, DATABASE),
        REDIS_URL=broker,
        DJANGO_SETTINGS_MODULE="backend.config.settings.local",
        CHIBO_MOVABLE_DATE="1",
        CHIBO_PUBLIC_URL=f"http://127.0.0.1:{web_port}",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(smtp_port),
        EMAIL_USE_TLS="0",
        EMAIL_HOST_USER="",
        **dict.fromkeys(("CHIBO_SWEEP_SECONDS", "CHIBO_SEAL_SECONDS", "CHIBO_DELIVERY_SECONDS"), "1"),
        CHIBO_DELIVERY_RETRY_SECONDS="1",
    )


def manage(environment: dict[str, str], *arguments: str) -> str:
    """manage.py in a process of its own; raises StageError with its last words when it fails."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(  # noqa: S603  (the arguments are our own)
        command,
        cwd=env.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StageError(
            f"manage.py {arguments[0]} failed: {(done.stderr.strip() or 'without a word').splitlines()[-1]}"
        )
    return done.stdout


@contextmanager
def running(environment: dict[str, str], web_port: int, folder: Path) -> Iterator[Family]:
    """Web, worker and beat; stopped by their ids when the block ends, however it ends."""
    family = Family(lambda _ids: None)
    try:
        family.start(_parts(environment, web_port, folder))
        _wait_for_web(family, web_port)
        yield family
    finally:
        family.stop()


def _parts(environment: dict[str, str], web_port: int, folder: Path) -> list[Part]:
    web, jobs = environment | {"CHIBO_ROLE": "app"}, environment | {"CHIBO_ROLE": "jobs"}
    celery = ("celery", "--app", "celery_app", "--quiet")
    gunicorn = ("gunicorn", "backend.config.wsgi", "--bind", f"127.0.0.1:{web_port}", "--workers", "1")
    threads = ("--threads", "4", "--graceful-timeout", "5", "--log-level", "error", "--no-control-socket")
    beat = ("beat", "--schedule", str(folder / "beat"), "--pidfile", "", "--loglevel", "ERROR", "--max-interval", "1")
    return [
        Part("web", python(*gunicorn, *threads), web),
        Part("worker", python(*celery, "worker", "--concurrency", "2", "--loglevel", "ERROR", mute=ROOT_WARNING), jobs),
        Part("beat", python(*celery, *beat), jobs),
    ]


def free_ports(count: int) -> list[int]:
    """Free ports on the loopback, all different."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def become_jobs(environment: dict[str, str]) -> None:
    """Make this process one of the demo's: Django under the jobs' role, which sees every unit."""
    os.environ.update(environment, CHIBO_ROLE="jobs")
    env.services_for.cache_clear()
    import django  # noqa: PLC0415  (reads the settings, which read the environment)

    django.setup()


def _named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def _empty_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    name = sql.Identifier(DATABASE)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _wait_for_web(family: Family, port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not family.failed():
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/me/", timeout=5).close()
        except urllib.error.HTTPError:
            return  # it answers, if only to say that one must sign in
        except OSError:
            time.sleep(0.1)
    raise StageError(f"The {family.failed() or 'web'} process did not start.")
