"""Events for the tests of the log, written by the real `record()`."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from backend.audit.record import Entry, Who, record


def entry(subject: int = 1, version: int = 1, **values: Any) -> Entry:
    base: dict[str, Any] = {
        "code": "test.happened", "subject_kind": "import", "subject_id": subject, "version": version,
        "who": Who(office="secretary", unit_id=7, user_id=3, name="Nguyễn Văn A"), "on": date(2026, 2, 10),
        "unit_id": 7, "unit_path": "/1/7/", "facts": {"held_on": "2026-02-09", "yes": 12},
        "rules": {"PRO.VOTE": "2021-1"}, "detail": {"reason": "tiếng Việt"},
    }  # fmt: skip
    return Entry(**{**base, **values})


def write(count: int = 1, *, subject: int = 1, first: int = 1) -> list[UUID]:
    """Write events of one subject with versions first, first+1, …, in a transaction of their own; their uids."""
    entries = [entry(subject, version) for version in range(first, first + count)]
    with transaction.atomic():
        record(entries)
    return [one.uid for one in entries]


def rows(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or [])
        return list(cursor.fetchall()) if cursor.description else []
