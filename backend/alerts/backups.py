"""When the last backup was made, as far as anybody has said so: Chibo makes none, and does not guess.

Whoever makes backups says so with `manage.py backup_made`, as the last step of the script, once the file is where it belongs.
The note is a row beside the jobs' pulses: it is written after the backup, so a restored database knows the backup before
the one it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from backend.alerts.models import Pulse
from backend.alerts.pulse import SKEW
from backend.audit.codes import EventCode
from backend.audit.models import Event
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.core.errors import ChiboError, Unchanged

BACKUP = "backup"
TWO_DAYS = timedelta(days=2)


class NotYetMade(ChiboError):
    """A backup of a moment to come."""

    code = "backup_ahead"
    sentence = gettext_noop("This moment has not come yet; only a backup that was made is noted.")


@dataclass(frozen=True)
class Known:
    """The last backup that was noted (None: none was), looked at now; and the last return from one (epoch, day)."""

    at: datetime
    made_at: datetime | None
    longest: timedelta
    epoch: int | None = None
    restored_on: date | None = None

    @property
    def is_late(self) -> bool:
        """Whether people are to be warned: none is known, or the last one is older than the setting."""
        return self.made_at is None or self.at - self.made_at > self.longest

    @property
    def age(self) -> str:
        """How old the last one is, in words."""
        passed = self.at - (self.made_at or self.at)
        if passed < timedelta(hours=1):
            return gettext("less than an hour")
        if passed < TWO_DAYS:
            return gettext("%(count)s hours") % {"count": passed // timedelta(hours=1)}
        return gettext("%(count)s days") % {"count": passed.days}

    @property
    def hours(self) -> int:
        """The setting, for the sentence."""
        return int(self.longest.total_seconds() // 3600)


def made(at: datetime | None = None) -> datetime:
    """Note that a backup was made (now), in a transaction of its own. Raises NotYetMade, Unchanged for an older one."""
    now = clock.now()
    moment = at or now
    if moment > now + SKEW:
        raise NotYetMade
    with scoped(WHOLE):
        row, new = Pulse.objects.select_for_update().get_or_create(
            job=BACKUP, defaults={"started_at": moment, "ended_at": moment}
        )
        if not new:
            if row.ended_at is not None and row.ended_at >= moment:
                raise Unchanged
            row.started_at = row.ended_at = moment
            row.save(update_fields=["started_at", "ended_at"])
    return moment


def known() -> Known:
    """What is known of backups. Opens its own transaction, over the whole."""
    with scoped(WHOLE):
        ended = Pulse.objects.filter(job=BACKUP).values_list("ended_at", flat=True).first()
        back = Event.objects.filter(code=EventCode.EPOCH_STARTED, subject_kind="log", subject_id=1).order_by("-version")
        epoch = back.values_list("version", "on_date").first()
    number, day = epoch or (None, None)
    return Known(clock.now(), ended, timedelta(hours=settings.CHIBO_BACKUP_HOURS), number, day)
