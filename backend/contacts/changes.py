"""What every change of a person's own contacts has in common: the account is locked, and an event written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.accounts.models import User
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.core.db import WHOLE, naming, scope


def locked(user_id: int) -> User:
    """The account, locked in the caller's transaction."""
    naming(user_id)
    scope(WHOLE)
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def written(user: User, code: EventCode, facts: Mapping[str, Any] | None = None) -> None:
    """The event of a change by the person, who acts in no office: it is the own account."""
    user.version += 1
    user.save(update_fields=["version"])
    who = Who(office="", user_id=user.pk, name=user.full_name or user.username)
    record([
        Entry(
            code=code, subject_kind=SubjectKind.USER, subject_id=user.pk, version=user.version, who=who, on=clock.today(),
            unit_id=0, unit_path=WHOLE, facts=facts or {},
        )
    ])  # fmt: skip
