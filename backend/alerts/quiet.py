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
from backend.core.db import execute
from backend.deadlines.calendar import calendar

MAKING = "letters"
_SWEPT = """
SELECT EXISTS (
  SELECT FROM alerts_heartbeat h
  WHERE h.job = 'sweep' AND h.business_day = %s AND h.ended_at IS NOT NULL AND h.error = '' AND NOT EXISTS (
    SELECT FROM deadlines_deadline d
    WHERE d.status = 'open' AND d.next_rung_on <= %s AND d.opened_at < h.started_at))
"""


def may_disturb(business_day: date | None = None) -> bool:
    """Whether ordinary letters may leave now."""
    day = business_day or clock.today()
    with transaction.atomic():
        working = calendar().is_working(day)
    return working and (settings.CHIBO_MOVABLE_DATE or is_daytime(timezone.localtime(clock.now()).hour))


def morning_is_due(business_day: date) -> bool:
    """Whether this day's letters are to be made now: once a day, in waking hours, after the day's sweep has ended."""
    if heartbeat.has_ended(MAKING, business_day) or not _is_swept(business_day):
        return False
    return may_disturb(business_day)


def _is_swept(business_day: date) -> bool:
    """Whether what was due when an ended sweep of the day began has its outcome, whichever sweep had it in hand."""
    with transaction.atomic():
        return bool(execute(_SWEPT, [business_day, business_day])[0][0])


def is_daytime(hour: int) -> bool:
    """Whether the installation's ordinary letters may leave in an hour of the day."""
    return bool(settings.CHIBO_QUIET_UNTIL <= hour < settings.CHIBO_QUIET_FROM)
