"""A database of its own for tests that need committed transactions, threads or other processes.

`committed_db` clones the migrated test database (40-80 ms), points Django's default connection to the clone for every
thread, and drops it afterwards: nothing is ever flushed. It takes the place of pytest-django's `db`; use one of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql

from backend.config import embedded, env

_numbers = count(1)
_VARIABLES = {"owner": "DATABASE_OWNER_URL", "app": "DATABASE_URL", "jobs": "DATABASE_JOBS_URL"}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The embedded server of the tests need not outlive a power cut: nobody waits for its disk."""
    if env.text("DATABASE_OWNER_URL") or env.text("DATABASE_URL"):
        return
    running = embedded.ensure(env.local_dir(), postgres=True, redis=False)
    password = running.passwords["superuser"]
    with psycopg.connect(
        host=running.sockets, user="postgres", password=password, dbname="postgres", autocommit=True
    ) as server:
        server.execute("ALTER SYSTEM SET fsync = off")
        server.execute("SELECT pg_reload_conf()")


@dataclass(frozen=True)
class RealDatabase:
    """The clone a test works on."""

    name: str

    def url(self, role: str) -> str:
        """Its address for `owner`, `app` or `jobs`, with that role's own sign-in."""
        given = env.text(_VARIABLES[role])
        address = given or embedded.ensure(env.local_dir(), postgres=True, redis=False).database_url(role)
        return urlunsplit(urlsplit(address)._replace(path=f"/{self.name}"))

    def environment(self) -> dict[str, str]:
        """What another process (a worker, manage.py) needs in its environment to work on this clone."""
        urls = {variable: self.url(role) for role, variable in _VARIABLES.items()}
        names = ("CHIBO_FIELD_KEYS", "CHIBO_INDEX_KEY")  # what is sealed here opens there, and numbers are found
        keys = {name: getattr(settings, name) for name in names}
        return urls | keys | {"REDIS_URL": settings.CELERY_BROKER_URL}


@pytest.fixture(scope="session")
def pristine_template(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the freshly migrated test database, made once per xdist worker; clones are taken from it."""
    with django_db_blocker.unblock():
        # pytest-django makes the test database only for tests it knows to want one; a run of none but ours is ours.
        made = [] if connection.settings_dict["NAME"].startswith("test_") else setup_databases(0, interactive=False)
        source = connection.settings_dict["NAME"]
        connections.close_all()
        with _server() as server:
            _drop_leftovers(server, source)
            _leave_alone(server, source)
            _clone(server, source, f"{source}_pristine")
    yield f"{source}_pristine"
    with django_db_blocker.unblock():
        with _server() as server:
            _drop(server, f"{source}_pristine")
        teardown_databases(made, verbosity=0)


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest, pristine_template: str, django_db_blocker: Any
) -> Iterator[RealDatabase]:
    """Django's default connection, in all threads, on a fresh clone of the migrated database."""
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        pytest.fail("committed_db takes the place of db and django_db: ask for one of them only.")
    with django_db_blocker.unblock(), fresh_clone(pristine_template) as database:
        yield database


@contextmanager
def fresh_clone(template: str) -> Iterator[RealDatabase]:
    """Django's default connection, in all threads, on a clone of a database that nobody works on; dropped at the end."""
    before, name = connection.settings_dict["NAME"], f"{template}_{next(_numbers)}"
    with _server() as server:
        _leave_alone(server, template)
        _clone(server, template, name)
    _point_to(name)
    try:
        yield RealDatabase(name)
    finally:
        _point_to(before)
        with _server() as server:
            _drop(server, name)


@pytest.fixture
def another_db(committed_db: RealDatabase, pristine_template: str) -> Iterator[Callable[[], RealDatabase]]:
    """Makes a clone more beside that of `committed_db`: another installation, worked on inside `standing_in`."""
    made: list[str] = []

    def make() -> RealDatabase:
        made.append(f"{pristine_template}_{next(_numbers)}")
        with _server() as server:
            _clone(server, pristine_template, made[-1])
        return RealDatabase(made[-1])

    yield make
    with _server() as server:
        for name in made:
            _drop(server, name)


@contextmanager
def standing_in(database: RealDatabase) -> Iterator[None]:
    """Inside, Django's default connection of every thread is on this clone; then where it was."""
    before = connection.settings_dict["NAME"]
    _point_to(database.name)
    try:
        yield
    finally:
        _point_to(before)


def together(*calls: Callable[[], Any], timeout: float = 60) -> list[Any]:
    """Run each call in a thread with its own connection, all let go at once; their results, in the order given.

    The first exception of a call is raised here; a call that does not end within `timeout` seconds fails the test.
    """
    results: list[Any] = [None] * len(calls)
    errors: list[BaseException] = []
    gate = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout)
            results[place] = call()
        except BaseException as error:  # noqa: BLE001  (handed to the test's own thread)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    if errors:
        raise errors[0]
    if any(thread.is_alive() for thread in threads):
        pytest.fail(f"A thread did not end within {timeout:.0f} seconds.")
    return results


def _point_to(name: str) -> None:
    """Every thread's connection is made from this one dictionary."""
    connections.close_all()
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    with psycopg.connect(**parameters, autocommit=True) as server:
        yield server


def _clone(server: psycopg.Connection[Any], source: str, name: str) -> None:
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    server.execute(command.format(sql.Identifier(name), sql.Identifier(source)))


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    """Without FORCE, which wants to end autovacuum too and may not; left alone, the server ends that by itself."""
    _leave_alone(server, name)
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _drop_leftovers(server: psycopg.Connection[Any], source: str) -> None:
    """Clones of a run that was killed."""
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    for (name,) in server.execute(query, [f"{source}_pristine"]).fetchall():
        _drop(server, name)


def _leave_alone(server: psycopg.Connection[Any], source: str) -> None:
    """A database in use cannot be a template: idle sessions of earlier tests are ended."""
    server.execute(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity "
        "WHERE datname = %s AND backend_type = 'client backend'",  # autovacuum is not ours to end, nor in the way
        [source],
    )
