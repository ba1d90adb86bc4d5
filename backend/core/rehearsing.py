"""A day as it would be: the very same work as on the real one, in one transaction that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db import transaction

_day: ContextVar[date | None] = ContextVar("rehearsed_day", default=None)


def rehearsed_day() -> date | None:
    """The business date of the rehearsal that is under way here, if any."""
    return _day.get()


@contextmanager
def rehearsing(day: date) -> Iterator[None]:
    """Inside, the business date is `day`, what is otherwise durable is part of this transaction, and nobody is nudged."""
    with transaction.atomic():
        token = _day.set(day)
        try:
            yield
        finally:
            _day.reset(token)
            transaction.set_rollback(True)
