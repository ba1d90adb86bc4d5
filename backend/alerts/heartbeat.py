"""One row for each run of a standing job: when, for which business day, and what became of what it took in hand.

The row is written as the run starts, in a transaction of its own: a run that was killed is seen as one without an end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta

from django.conf import settings
from django.db import Error, transaction

from backend.alerts.models import Heartbeat
from backend.core import clock
from backend.core.db import execute

COUNTED = ("claimed", "held", "sent", "coalesced", "skipped", "failed")
_FORGET = "DELETE FROM alerts_heartbeat WHERE job = %s AND started_at < %s"
_BEGIN = """
INSERT INTO alerts_heartbeat (job, business_day, started_at, claimed, held, sent, coalesced, skipped, failed, error)
VALUES (%s, %s, %s, 0, 0, 0, 0, 0, 0, '') RETURNING id
"""
_END = """
UPDATE alerts_heartbeat SET ended_at = %s, claimed = %s, held = %s, sent = %s, coalesced = %s, skipped = %s,
  failed = %s, error = %s
WHERE id = %s
"""


@contextmanager
def run(job: str, business_day: date) -> Iterator[Counter[str]]:
    """The row of one run, around it. Gives the counter to be filled by `COUNTED` names.

    An error is noted by its name, where the database can still be written to, and goes on. Rows older than
    CHIBO_HEARTBEAT_DAYS go as new ones come.
    """
    started = clock.now()
    with transaction.atomic():
        execute(_FORGET, [job, started - timedelta(days=settings.CHIBO_HEARTBEAT_DAYS)])
        ((key,),) = execute(_BEGIN, [job, business_day, started])
    counts: Counter[str] = Counter()
    try:
        yield counts
    except Exception as error:
        with suppress(Error):  # a row without an end says enough
            _end(key, counts, type(error).__name__)
        raise
    _end(key, counts, "")


def has_ended(job: str, business_day: date) -> bool:
    """Whether a run of the job for this business day has ended well."""
    return Heartbeat.objects.filter(job=job, business_day=business_day, ended_at__isnull=False, error="").exists()


def _end(key: int, counts: Counter[str], error: str) -> None:
    with transaction.atomic():
        execute(_END, [clock.now(), *(counts[name] for name in COUNTED), error, key])
