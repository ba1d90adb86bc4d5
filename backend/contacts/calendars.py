"""A person's calendar address: made, exchanged for another one, closed; and who is behind one.

Calendar programs cannot sign in: whoever has the address reads the feed. It is 256 random bits, shown once, kept as a
hash, and each change of it is an event without a word of the address.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import User
from backend.accounts.second_factor import is_missing
from backend.audit.codes import EventCode
from backend.contacts.models import CalendarAddress
from backend.core import clock
from backend.core.db import naming
from backend.core.nudge import nudge

BYTES = 32


def made_at(user_id: int) -> datetime | None:
    """Since when the present address opens the calendar; None where there is none. Must run inside a transaction."""
    naming(user_id)
    return CalendarAddress.objects.filter(user_id=user_id).values_list("made_at", flat=True).first()


def open_calendar(user_id: int) -> tuple[str, datetime]:
    """A new address and when it was made; one that was there opens nothing from now on."""
    token, now = secrets.token_urlsafe(BYTES), clock.now()
    with transaction.atomic(durable=True):
        user = locked(user_id)
        _, new = CalendarAddress.objects.update_or_create(user=user, defaults={"digest": digest(token), "made_at": now})
        keep(user, by_owner(user), EventCode.CALENDAR_OPENED if new else EventCode.CALENDAR_EXCHANGED)
    nudge("jobs.seal")
    return address(token), now


def close_calendar(user_id: int) -> None:
    """The address opens nothing any more; nothing changes where there was none."""
    with transaction.atomic(durable=True):
        user = locked(user_id)
        gone, _ = CalendarAddress.objects.filter(user=user).delete()
        if gone:
            keep(user, by_owner(user), EventCode.CALENDAR_CLOSED)
    nudge("jobs.seal")


def behind(token: str) -> User | None:
    """Whose address it is; None for one that opens nothing. Must run inside a transaction without a scope.

    While the password is one that serves once, whatever was opened with the old one is closed, the calendar too; and while
    a second factor is missing, as every other door.
    """
    found = CalendarAddress.objects.filter(digest=digest(token)).select_related("user").first()
    user = found.user if found else None
    return user if user and user.is_active and not user.password_must_change and not is_missing(user) else None


def address(token: str) -> str:
    return f"{settings.CHIBO_PUBLIC_URL}/calendar/{token}.ics"


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
