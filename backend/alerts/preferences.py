"""How a person wants to be told, and the floor below which nobody can go.

A preference only ever spares *reminders before the day*: what is due today, overdue, climbing or critical comes by every
channel its ladder names, whatever was chosen. Ordinary letters leave in nobody's quiet hours; some hours of the
installation's day stay open for them, so that the floor too reaches everybody on the same day. What is critical asks
neither for hours nor for channels.

Each change is an event without an office (it is the own account), with what was chosen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import User
from backend.alerts.channels import ROUTES
from backend.alerts.models import Preference
from backend.alerts.quiet import is_daytime
from backend.audit.codes import EventCode
from backend.core.db import naming
from backend.core.errors import Refused
from backend.core.nudge import nudge
from workflows.answers import Refusal

OPEN_HOURS = 4
"""So many hours of the installation's day must stay open for ordinary letters."""
NOT_MUTED = Refusal(
    "preferences.not_muted",
    gettext_noop("Reminders cannot be switched off for “%(channel)s”; where they can: %(known)s."),
    fact="muted",
)
HALF_QUIET = Refusal(
    "preferences.half_quiet",
    gettext_noop("Quiet hours have a beginning and an end, which differ; or neither."),
    fact="quiet_until",
)
TOO_QUIET = Refusal(
    "preferences.too_quiet",
    gettext_noop(
        "Only %(open)s hours of the day (%(first)s:00 to %(last)s:00) stay open for letters; %(least)s are needed."
    ),
    remedy=gettext_noop("Choose shorter quiet hours or an earlier hour for the letter."),
    fact="quiet_from",
)


@dataclass(frozen=True)
class Preferences:
    """What can be chosen: channels without reminders before the day, hours of local time (0 to 23) or None."""

    muted: tuple[str, ...] = ()
    quiet_from: int | None = None
    quiet_until: int | None = None
    letter_hour: int | None = None

    def is_quiet(self, hour: int) -> bool:
        """Whether ordinary letters wait in this hour of the day. The same as `QUIET`."""
        if self.letter_hour is not None and hour < self.letter_hour:
            return True
        if self.quiet_from is None or self.quiet_until is None:
            return False
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


QUIET = """coalesce({hour} < {p}.letter_hour, false) OR coalesce(
  CASE WHEN {p}.quiet_from < {p}.quiet_until THEN {hour} >= {p}.quiet_from AND {hour} < {p}.quiet_until
       ELSE {hour} >= {p}.quiet_from OR {hour} < {p}.quiet_until END, false)"""
"""SQL that is true where ordinary letters wait in an hour for whoever has the preferences `p`."""
NAMES = tuple(one.name for one in fields(Preferences))


def preferences_of(user_id: int) -> Preferences:
    """What the person has chosen. Must run inside a transaction."""
    naming(user_id)
    row = Preference.objects.filter(user_id=user_id).first()
    return Preferences(**{name: _plain(getattr(row, name)) for name in NAMES}) if row else Preferences()


def choose(user: User, wanted: Preferences) -> Preferences:
    """Take what the person wants from now on; the same again changes nothing. Raises Refused with all that is wrong."""
    wrong = faults(wanted)
    if wrong:
        raise Refused(wrong)
    with transaction.atomic(durable=True):
        held = locked(user.pk)
        if preferences_of(user.pk) == wanted:
            return wanted
        Preference.objects.update_or_create(user=held, defaults={**asdict(wanted), "muted": list(wanted.muted)})
        chosen = {**asdict(wanted), "muted": sorted(wanted.muted)}
        keep(held, by_owner(held), EventCode.USER_PREFERRED, facts=chosen)
    nudge("jobs.seal")
    return wanted


def faults(wanted: Preferences) -> list[Refusal]:
    """Everything that cannot be chosen."""
    found = [
        replace(NOT_MUTED, params={"channel": one, "known": ", ".join(ROUTES)})
        for one in wanted.muted
        if one not in ROUTES
    ]
    if (wanted.quiet_from, wanted.quiet_until) != (None, None) and (
        None in (wanted.quiet_from, wanted.quiet_until) or wanted.quiet_from == wanted.quiet_until
    ):
        return [*found, HALF_QUIET]
    day = [hour for hour in range(24) if is_daytime(hour)]
    stays_open = sum(not wanted.is_quiet(hour) for hour in day)
    if stays_open < min(OPEN_HOURS, len(day)):
        words = {"first": settings.CHIBO_QUIET_UNTIL, "last": settings.CHIBO_QUIET_FROM, "least": OPEN_HOURS}
        found.append(replace(TOO_QUIET, params={"open": stays_open, **words}))
    return found


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
