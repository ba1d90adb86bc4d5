"""From an error of the surroundings (settings, PostgreSQL, Redis) to the one sentence a person can act on."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import redis
from psycopg import errors as pg
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.config.database import conninfo, database_settings
from backend.config.errors import ConfigurationError
from backend.config.words import gettext as _
from backend.config.words import said

USAGE_EXIT = 2


def explain(error: BaseException) -> str | None:
    """The sentence for an error that lies outside the code; None for every other error, which keeps its traceback."""
    for cause in _chain(error):
        if isinstance(cause, ConfigurationError):
            return said(cause)
        if isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None:
            sentence = _("PostgreSQL cannot be used (%(why)s): check DATABASE_URL and that the server runs.")
            return sentence % {"why": _reason(cause)}
        if isinstance(cause, pg.InsufficientPrivilege):
            sentence = _("The database role may not do this (%(why)s): set DATABASE_OWNER_URL to the owner's address.")
            return sentence % {"why": _reason(cause)}
        if isinstance(cause, pg.UndefinedTable | pg.UndefinedColumn):
            sentence = _("The tables are not those of this version (%(why)s): run manage.py migrate.")
            return sentence % {"why": _reason(cause)}
        if isinstance(cause, pg.UndefinedObject) and str(cause).startswith("role "):
            sentence = _("A database role is missing (%(why)s): run backend/core/sql/roles.sql once as superuser.")
            return sentence % {"why": _reason(cause)}
    return None


def probe_database(url: str, variable: str) -> None:
    """Connect once; raises ConfigurationError naming the variable that holds the address (never its password)."""
    settings = database_settings(url)
    try:
        psycopg.connect(conninfo(url)).close()
    except psycopg.Error as error:
        where = f"{settings['HOST'] or 'localhost'}:{settings['PORT'] or 5432}"
        raise ConfigurationError(
            "PostgreSQL at %(where)s cannot be used as “%(user)s” (%(why)s): check %(variable)s.",
            where=where, user=settings["USER"], why=_reason(error), variable=variable,
        ) from None  # fmt: skip


def probe_redis(url: str) -> None:
    """Ask once; raises ConfigurationError when Redis does not answer or the address is not one."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            client.ping()
    except ValueError:
        raise ConfigurationError("REDIS_URL must look like redis://:password@host:6379/0.") from None
    except redis.RedisError as error:
        raise ConfigurationError("Redis cannot be used (%(why)s): check REDIS_URL.", why=_reason(error)) from None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: BaseException) -> str:
    """The telling part of a driver's message, on one line: what follows FATAL or the last "failed:", no hints."""
    line = (str(error).strip().splitlines() or ["no reason given"])[0]
    for mark in ("FATAL:", "failed:"):
        line = line.rsplit(mark, 1)[-1]
    return line.strip().rstrip(".")
