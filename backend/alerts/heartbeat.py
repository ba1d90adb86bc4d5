"""The last run of each standing job, written in its own transaction so that a failed run is seen as well."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from backend.alerts.models import Heartbeat
from backend.core import clock
from backend.core.db import execute

_BEGIN = """
INSERT INTO alerts_heartbeat (job, started_at, ended_at, business_day, handled, message)
VALUES (%s, %s, NULL, %s, 0, '')
ON CONFLICT (job) DO UPDATE SET started_at = excluded.started_at, ended_at = NULL
"""
_END = """
UPDATE alerts_heartbeat SET started_at = %s, ended_at = %s, business_day = %s, handled = %s, message = %s WHERE job = %s
"""


def begin(job: str, business_day: date) -> datetime:
    """Note that the job has started; gives the moment to hand to `end`."""
    started = clock.now()
    with transaction.atomic():
        execute(_BEGIN, [job, started, business_day])
    return started


def end(job: str, started: datetime, business_day: date, handled: int, message: str = "") -> None:
    """Note that the run which began at `started` has ended, for which business day, and what it did."""
    with transaction.atomic():
        execute(_END, [started, clock.now(), business_day, handled, message[:300], job])


def has_ended(job: str, business_day: date) -> bool:
    """Whether a run of the job for this business day has ended and none is under way."""
    return Heartbeat.objects.filter(job=job, business_day=business_day, ended_at__isnull=False).exists()
