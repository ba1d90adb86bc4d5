"""From a database URL to Django's DATABASES entry."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from psycopg.conninfo import make_conninfo

from backend.config.errors import ConfigurationError

PREPARE = 5
"""Without a number here Django tells psycopg never to prepare a statement, not even one that asks for it
(`core.db.execute(prepared=True)`; measured: 5 ms of a step instead of 2). A pooler between Chibo and PostgreSQL must
know prepared statements (PgBouncer does since 1.21)."""


def conninfo(url: str) -> str:
    """The same address as a connection string for psycopg."""
    settings, options = _read(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return make_conninfo("", **{word: settings[name] or None for name, word in names.items()}, **options)


def database_settings(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?option=value` as Django wants it; the host may be a socket folder.

    Raises ConfigurationError for anything that is not a PostgreSQL address.
    """
    settings, options = _read(url)
    return {
        **settings,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, "prepare_threshold": PREPARE},
    }


def _read(url: str) -> tuple[dict[str, str], dict[str, str]]:
    """Where and as whom, in Django's words; and the options of libpq."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    options = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"postgresql", "postgres"} or not name or port == -1:
        raise ConfigurationError(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name; Chibo runs on PostgreSQL only."
        )
    options.setdefault("connect_timeout", "10")
    host = options.pop("host", None) or unquote(parts.hostname or "")
    where = {"NAME": name, "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or "")}
    return {**where, "HOST": host, "PORT": str(port or "")}, options
