"""When letters may go: not at night and not on days off, unless something was declared critical.

Hours belong to real time, days to the business date. Where the business date is moved (demo, tests) the hour of the
real clock says nothing about it and is not asked.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.alerts import heartbeat
from backend.core import clock
from backend.deadlines.calendar import calendar

MAKING = "letters"


def may_disturb(business_day: date | None = None) -> bool:
    """Whether ordinary letters may leave now."""
    day = business_day or clock.today()
    with transaction.atomic():
        working = calendar().is_working(day)
    return working and (settings.CHIBO_MOVABLE_DATE or _is_daytime(timezone.localtime(clock.now()).hour))


def morning_is_due(business_day: date) -> bool:
    """Whether this day's letters are to be made now: once a day, in waking hours, after the day's sweep has ended."""
    if heartbeat.has_ended(MAKING, business_day) or not heartbeat.has_ended("sweep", business_day):
        return False
    return may_disturb(business_day)


def _is_daytime(hour: int) -> bool:
    return bool(settings.CHIBO_QUIET_UNTIL <= hour < settings.CHIBO_QUIET_FROM)
