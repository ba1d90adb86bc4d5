"""What a clock that once stood ahead has left behind must not hold anything back when it is right again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from backend.alerts.pulse import DOWN, SKEW
from backend.core import clock
from backend.core.db import execute

LONGEST = timedelta(days=2)
"""No letter waits as long: for a server that asked to be left alone, or the end of quiet hours, a day at most."""
JOBS = ("sweep", "letters", "deliver")
AHEAD = "ClockAhead"
"""Stands as the error of a run of a day that has not come yet: when it comes, its work is still to be done."""
_FORGET = """
WITH run AS (
  UPDATE alerts_heartbeat SET error = %(ahead)s WHERE job = ANY (%(jobs)s) AND started_at > %(soon)s AND error <> %(ahead)s
), letter AS (
  UPDATE alerts_letter SET next_attempt_at = %(now)s WHERE outcome = 'held' AND next_attempt_at > %(far)s
)
DELETE FROM alerts_pulse WHERE job = %(down)s AND ended_at > %(soon)s
"""


def forget_the_future() -> None:
    """Runs that began later than now count for nothing, letters put off to then are due, and that time down never was.

    A few minutes ahead are the difference between two machines' clocks. Finds nothing where no clock stood ahead.
    """
    now = clock.now()
    values = {"now": now, "soon": now + SKEW, "far": now + LONGEST, "jobs": list(JOBS), "ahead": AHEAD, "down": DOWN}
    with transaction.atomic():
        execute(_FORGET, values)
