"""What every change of an account has in common: its row is locked, its version counted, and an event written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.accounts.models import User
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.core.db import WHOLE, naming, scope


def locked(user_id: int) -> User:
    """The account, locked in the caller's transaction, whose scope is the whole from here on."""
    naming(user_id)
    scope(WHOLE)
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def by_owner(user: User) -> Who:
    """The person, who acts in no office: it is the own account."""
    return Who(office="", user_id=user.pk, name=user.full_name or user.username)


def keep(
    user: User, who: Who, code: EventCode, *columns: str, facts: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Save the columns that were changed, with the next version and its event."""
    user.version += 1
    user.save(update_fields=[*columns, "version"])
    record([
        Entry(
            code=code, subject_kind=SubjectKind.USER, subject_id=user.pk, version=user.version, who=who, on=clock.today(),
            unit_id=0, unit_path=WHOLE, facts=facts or {}, detail=detail or {},
        )
    ])  # fmt: skip
