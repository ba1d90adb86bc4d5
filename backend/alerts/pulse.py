"""The pulse of the standing jobs: who runs how often, and a row each that says when it last did.

`alerts_heartbeat` tells what the sweep and delivery did in each run; the pulse only says whether everything still runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.db import Error, transaction

from backend.alerts.models import Pulse
from backend.core import clock
from backend.core.db import execute

log = structlog.get_logger(__name__)
EVERY: dict[str, int] = {
    "seal": settings.CHIBO_SEAL_SECONDS,
    "follow": settings.CHIBO_SEAL_SECONDS,
    "open_monthly_meetings": settings.CHIBO_SWEEP_SECONDS,
    "follow_vacancies": settings.CHIBO_SWEEP_SECONDS,
    "sweep": settings.CHIBO_SWEEP_SECONDS,
    "deliver": settings.CHIBO_DELIVERY_SECONDS,
    "follow_calendar": 5 * settings.CHIBO_SWEEP_SECONDS,
    "refresh_flags": 5 * settings.CHIBO_SWEEP_SECONDS,
    "keep_heads": 5 * settings.CHIBO_SWEEP_SECONDS,
    "work_imports": 5 * settings.CHIBO_SWEEP_SECONDS,
    "let_go": 5 * settings.CHIBO_SWEEP_SECONDS,
}
"""The standing jobs, and the seconds from one run to the next."""
BEAT = "beat"
FIRST_BEAT = "first_beat"
"""A row beside the jobs' that is written once: since when there is a beat at all."""
DOWN = "down"
"""A row beside the jobs': the last time that nothing was started, from beat's last sign of life to its next one."""
SKEW = timedelta(minutes=5)
"""By so much the clocks of two machines may differ; a moment further on was written by a clock that stood ahead."""

_BEGIN = """
INSERT INTO alerts_pulse (job, started_at, error) VALUES (%s, %s, '')
ON CONFLICT (job) DO UPDATE SET started_at = excluded.started_at
"""
_END = "UPDATE alerts_pulse SET ended_at = %s, error = '' WHERE job = %s"
_ONCE = """
INSERT INTO alerts_pulse (job, started_at, error) VALUES (%s, %s, '')
ON CONFLICT (job) DO UPDATE SET started_at = excluded.started_at WHERE alerts_pulse.started_at > excluded.started_at
"""  # later than now: the clock stood ahead
_GAP = """
INSERT INTO alerts_pulse (job, started_at, ended_at, error)
SELECT %s, ended_at, %s, '' FROM alerts_pulse WHERE job = %s AND ended_at < %s
ON CONFLICT (job) DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at
"""
_WORKS = """
UPDATE alerts_pulse p SET latest_day = CASE WHEN now.rests THEN p.latest_day ELSE %(day)s::date END,
  behind_on = CASE WHEN now.rests THEN %(day)s::date END
FROM (SELECT job, coalesce(latest_day > %(day)s::date AND NOT coalesce(behind_on < %(day)s::date, false), false) AS rests
      FROM alerts_pulse WHERE job = %(job)s FOR UPDATE) now
WHERE p.job = now.job RETURNING NOT now.rests
"""
_FAIL = "UPDATE alerts_pulse SET error = %s WHERE job = %s"


@contextmanager
def pulse(job: str) -> Iterator[None]:
    """The pulse of one run, around it. A run that fails is named by its error, which goes on."""
    _write(_BEGIN, job, clock.now())
    try:
        yield
    except Exception as error:
        with suppress(Error):  # a pulse that stays away says enough
            _write(_FAIL, type(error).__name__[:80], job)
        raise
    _write(_END, clock.now(), job)


def beat_told() -> None:
    """Beat has told the broker to run something; a long silence before it is kept as `DOWN`.

    Never raises a database's error: beat goes on without it.
    """
    with suppress(Error), pulse(BEAT):
        now = clock.now()
        _write(_ONCE, FIRST_BEAT, now)
        _write(_GAP, DOWN, now, BEAT, now - patience(min(EVERY.values())))


def is_behind(job: str, day: date) -> bool:
    """Whether a job that worked on a later business day does nothing on this one (`works_on`)."""
    return Pulse.objects.filter(job=job, latest_day__gt=day).exclude(behind_on__lt=day).exists()


def works_on(job: str, day: date) -> bool:
    """Note, inside its pulse, the business day that a job works on; False on a day before the latest one it has worked on.

    Then the clock was set back: what the job opens and ends by the day waits. A clock that has gone on from there to another
    day is believed: it had stood ahead, and days that never were bind nobody.
    """
    with transaction.atomic():
        forward = bool(execute(_WORKS, {"job": job, "day": day})[0][0])
    if not forward:
        log.warning("clock_set_back", job=job, day=day.isoformat())
    return forward


def patience(seconds: int) -> timedelta:
    """How long a part with this interval may be silent."""
    return timedelta(seconds=max(2 * seconds, settings.CHIBO_STUCK_SECONDS))


def _write(sql: str, *values: object) -> None:
    with transaction.atomic():
        execute(sql, values)
