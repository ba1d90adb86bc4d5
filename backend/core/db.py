"""The scope of a transaction: which part of the organisation tree its queries may see (the second wall).

Scope is only ever set inside a transaction: at session level it would leak into the next request through kept
connections and the pool, and in autocommit a local setting is silently void.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connection, connections, transaction
from django.utils.translation import gettext_noop
from psycopg.types.json import JsonbLoader

WHOLE = "/"
"""The path of the whole tree; every unit's path starts with it and ends with a slash, e.g. `/1/2/17/`."""

_AWAY = ("08", "57P", "53300")
"""SQLSTATE: the connection broke, the server shuts down or starts up, too many connections (PostgreSQL, appendix A)."""

AWAY_CODE, AWAY_SECONDS = "database_away", 5
AWAY = gettext_noop(
    "The database cannot be reached right now. Try again in a few seconds; if it stays so, tell the people who run Chibo."
)
"""What whoever asks meanwhile is told, and after how many seconds to come back."""


class ScopeOutsideTransaction(RuntimeError):
    """`scope()` was called where it could not hold."""


def scope(path: str) -> None:
    """Let the rest of this transaction see units at or below `path` (and nothing before this call did).

    Raises ScopeOutsideTransaction outside a transaction, ValueError for what is not a path.
    """
    if not connection.in_atomic_block:
        raise ScopeOutsideTransaction("scope() holds for one transaction; open it first.")
    if not (path.startswith("/") and path.endswith("/")):
        raise ValueError(f"Not a unit path: {path!r}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chibo.path', %s, true)", [path])


def naming(user_id: int) -> None:
    """Let the rest of this transaction find what belongs to this person alone: the own offices and tokens.

    Raises ScopeOutsideTransaction outside a transaction.
    """
    if not connection.in_atomic_block:
        raise ScopeOutsideTransaction("naming() holds for one transaction; open it first.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chibo.user', %s, true)", [str(user_id)])


@contextmanager
def scoped(path: str) -> Iterator[None]:
    """One transaction in which only `path` and what is below it can be seen."""
    with transaction.atomic():
        scope(path)
        yield


@contextmanager
def as_application() -> Iterator[None]:
    """Inside, a job's connection is the application's role: the walls between units hold for what it does for an office.

    Only outside a transaction, or around a whole one. A connection that cannot be brought back is closed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("SET ROLE chibo_app")
    try:
        yield
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {connection.ops.quote_name(before)}")
        except Error:
            connection.close()


@contextmanager
def in_office(office: str) -> Iterator[None]:
    """Inside, this transaction reads what is kept for some offices alone, as the one in which the person acts."""
    execute("SELECT set_config('chibo.office', %s, true)", [office])
    yield
    execute("SELECT set_config('chibo.office', '', true)")


@contextmanager
def reaching(paths: Iterable[str]) -> Iterator[None]:
    """Inside, this transaction sees as far as the nearest place above its scope and all `paths`; then as before.

    For what two units share, once it was judged that the actor may touch it. Whatever fails inside undoes the setting
    with its (save)point.
    """
    own = execute("SELECT current_setting('chibo.path', true)")[0][0]
    wide = common([own, *paths]) if own else ""
    if wide == own:
        yield
        return
    scope(wide)
    yield
    scope(own)


def common(paths: Iterable[str]) -> str:
    """The lowest path at or above all paths."""
    steps = zip(*(path[:-1].split("/") for path in paths), strict=False)
    return "/".join(step[0] for step in takewhile(lambda step: len(set(step)) == 1, steps)) + "/"


def is_away(error: BaseException | None) -> bool:
    """Whether this says that the database cannot be reached, or has no room for one more session, not that it said no."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_AWAY)


def execute(
    sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, prepared: bool = False
) -> list[tuple[Any, ...]]:
    """Run one statement on Django's connection with server-side binding and give its rows. Only inside a transaction.

    `prepared` is for the statements of a single step: planning one of many parts costs more than running it for one row.
    Statements over many rows are planned each time, for the tables as they are now: a plan kept from the first rows of
    an import would be quadratic later. Errors are Django's own (`django.db.Error` and below).
    """
    own = connections[DEFAULT_DB_ALIAS]  # asked once: the proxy `connection` looks the thread up at every word
    if not own.in_atomic_block:
        raise ScopeOutsideTransaction("execute() belongs inside a transaction.")
    own.ensure_connection()
    with own.wrap_database_errors, psycopg.Cursor(own.connection) as cursor:
        cursor.adapters.register_loader("jsonb", JsonbLoader)  # Django's own connections leave JSON as text
        cursor.execute(sql, params, prepare=prepared)
        return cursor.fetchall() if cursor.rownumber is not None else []  # `description` would describe every column
