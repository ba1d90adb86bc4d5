"""In production people are served, and jobs done, by database roles that the walls hold, or not at all.

Row-level security asks a superuser nothing, nor a role that may pass it by; and whoever owns the tables may take it away.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection as own
from django.db.utils import OperationalError

from backend.config import env
from backend.config.errors import ConfigurationError

_HELD_BY_NOTHING = """
SELECT r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT FROM pg_class WHERE relname = 'audit_event' AND relowner = r.oid)
FROM pg_roles r WHERE r.rolname = current_user
"""


def must_be_held(connection: Any, **_: Any) -> None:
    """On every new connection. Raises ConfigurationError, and closes it, where the walls would hold nobody."""
    role = settings.CHIBO_ROLE
    if role == "owner":
        return
    with connection.cursor() as cursor:
        cursor.execute(_HELD_BY_NOTHING)
        (free,) = cursor.fetchone()
    if free:
        connection.close()
        raise ConfigurationError(
            "%(variable)s names a superuser or the owner of the tables, whom row-level security does not hold: it must name"
            " %(needed)s.",
            variable=env.database_variable(role), needed=f"chibo_{role}",
        )  # fmt: skip


def look_now() -> None:
    """As a process starts; where the database is away, the first connection is looked at when it comes."""
    try:
        own.ensure_connection()
    except OperationalError:
        return
    own.close()
