"""Two clocks: the business date, a row that only demo and tests may move, and real time."""

from __future__ import annotations

from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone

from backend.core.errors import DateNotMovable
from backend.core.models import BusinessDate
from backend.core.rehearsing import rehearsed_day


def now() -> datetime:
    """Real time, aware (UTC inside, Asia/Ho_Chi_Minh for people). `recorded_at`, sessions and heads use it always."""
    return timezone.now()


def midnight(day: date) -> datetime:
    """The moment at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def time_of(day: date) -> datetime | None:
    """The local time of day, naive, where the business date is the real one; elsewhere nobody knows."""
    local = timezone.localtime(now()).replace(tzinfo=None)
    return local if local.date() == day else None


def today() -> date:
    """The business date: the row if one was set (demo, tests), else today's date in Asia/Ho_Chi_Minh.

    In a rehearsal the day that is rehearsed.
    """
    if (rehearsed := rehearsed_day()) is not None:
        return rehearsed
    if not settings.CHIBO_MOVABLE_DATE:
        return timezone.localdate()
    moved = BusinessDate.objects.filter(pk=1).values_list("day", flat=True).first()
    return moved or timezone.localdate()


def move_to(day: date | None) -> None:
    """Set the business date (None: back to the real one). Raises DateNotMovable in production."""
    if not settings.CHIBO_MOVABLE_DATE:
        raise DateNotMovable
    BusinessDate.objects.update_or_create(pk=1, defaults={"day": day})
