"""From a database URL to Django's DATABASES entry."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from psycopg.conninfo import make_conninfo

from backend.config.errors import ConfigurationError


def conninfo(url: str) -> str:
    """The same address as a connection string for psycopg."""
    settings = database_settings(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return make_conninfo("", **{word: settings[name] or None for name, word in names.items()}, **settings["OPTIONS"])


def database_settings(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?option=value` as Django wants it; the host may be a socket folder.

    Raises ConfigurationError for anything that is not a PostgreSQL address.
    """
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
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
