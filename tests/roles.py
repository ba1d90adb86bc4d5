"""Stepping down from the owner, under whom tests connect, to the roles the application runs under."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Run what is inside as `chibo_app` or `chibo_jobs`, with their grants and policies, then as before.

    Inside an open transaction an error breaks it: put `transaction.atomic()` around the statement that must fail.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute(f"SET ROLE {connection.ops.quote_name(role)}")
    try:
        yield
    finally:
        _back_to(before)


def _back_to(role: str) -> None:
    """A broken transaction cannot change its role; its rollback does, since SET ROLE is undone with it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {connection.ops.quote_name(role)}")
    except DatabaseError:
        if not connection.in_atomic_block:
            raise
