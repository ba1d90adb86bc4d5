"""A database of the bench's own: made and migrated by the owner, used under the application's roles, dropped at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from backend.config import env
from backend.config.database import conninfo, database_settings
from bench.settings import DATABASE, HOME_DATABASE

NAME = sql.Identifier(DATABASE)
ADDRESS = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def bench_database() -> Iterator[None]:
    """Make the database, hand it over, drop it; one left by a run that was killed is dropped first.

    Not by force, which wants to end autovacuum and may not: the server ends that by itself.
    """
    _on_server(sql.SQL("DROP DATABASE IF EXISTS {}").format(NAME))
    _on_server(sql.SQL("CREATE DATABASE {}").format(NAME))
    try:
        call_command("migrate", run_syncdb=True, verbosity=0)
        with connection.cursor() as cursor:  # the peer's table is older than the default privileges
            cursor.execute("GRANT SELECT, INSERT, UPDATE ON bench_peercase, django_fsm_log_statelog TO chibo_app")
        yield
    finally:
        connections.close_all()
        _on_server(sql.SQL("DROP DATABASE IF EXISTS {}").format(NAME))
        redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()


@contextmanager
def under(role: env.Role) -> Iterator[None]:
    """Django's connection signed in as `app` or `jobs`, then as it was before."""
    before = {name: connection.settings_dict[name] for name in ADDRESS}
    wanted = database_settings(env.services_for(role).database_url)
    _sign_in({name: wanted[name] for name in ADDRESS})
    try:
        yield
    finally:
        _sign_in(before)


def raw(role: env.Role) -> psycopg.Connection:
    """A plain psycopg connection to the same database under a role, for what is written by hand."""
    return psycopg.connect(conninfo(env.services_for(role).database_url), dbname=DATABASE)


def analyse() -> None:
    """Statistics as autovacuum keeps them in a database that lives longer than a bench."""
    with raw("owner") as owner:
        owner.autocommit = True
        owner.execute("ANALYZE")


def _sign_in(address: dict[str, Any]) -> None:
    """Every connection is made from this one dictionary."""
    connections.close_all()
    connection.settings_dict.update(address)


def _on_server(command: sql.Composed) -> None:
    parameters = {**connection.get_connection_params(), "dbname": HOME_DATABASE}
    with psycopg.connect(**parameters, autocommit=True) as server:
        server.execute(command)
