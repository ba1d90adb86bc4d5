"""The sweep: every rung that is due gets exactly one outcome per office and channel. It may run twice or late.

Nothing in it decides about anybody: it reminds, climbs and says why it did not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from backend.alerts import heartbeat
from backend.alerts.recipients import offices_by_level
from backend.alerts.sweep_sql import SWEEP
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.core.partitions import ensure_month
from backend.deadlines.models import Deadline
from workflows.ladders import ladders
from workflows.workdays import add_months, month_start

JOB = "sweep"
BATCH = 2000


@dataclass
class SweepReport:
    """What one run did: deadlines handled, rungs that were due, and notices by outcome."""

    business_day: date
    deadlines: int = 0
    rungs: int = 0
    notices: Counter[str] = field(default_factory=Counter)

    def add(self, counts: dict[str, int]) -> None:
        """Add what one batch did; takes the two sums out of `counts` and leaves the outcomes."""
        self.deadlines += counts.pop("deadlines")
        self.rungs += counts.pop("rungs")
        self.notices.update(counts)


def sweep(today: date | None = None, limit: int | None = None, batch: int = BATCH) -> SweepReport:
    """Handle every rung due on or before the business date, `batch` deadlines to a transaction.

    `limit` bounds the deadlines of one run (the rest waits for the next). A clock set back finds nothing to do again:
    what is done is marked on the deadline. Deadlines locked by a running step are left for the next run.
    """
    day = today or clock.today()
    report = SweepReport(day)
    with heartbeat.run(JOB, day) as counts:
        for found in handle_due(day, _committed, limit=limit, batch=batch):
            claimed = found["deadlines"]
            report.add(found)
            counts.update(claimed=claimed, **found)
    return report


def handle_due(
    day: date, one_batch: Callable[[date, int], dict[str, int]], *, limit: int | None = None, batch: int = BATCH
) -> Iterator[dict[str, int]]:
    """Batch after batch of what is due, until nothing is left or `limit` is reached; gives what each one did."""
    _make_months(day)
    handled = 0
    while limit is None or handled < limit:
        size = batch if limit is None else min(batch, limit - handled)
        found = one_batch(day, size)
        claimed = found["deadlines"]
        handled += claimed
        yield found
        if claimed < size:
            return


def handle(day: date, size: int, *, path: str = WHOLE, now: datetime | None = None) -> dict[str, int]:
    """One batch in the caller's transaction: of the deadlines on which an office at or below `path` must act.

    `path` is the transaction's scope from here on.
    """
    scope(path)
    values: dict[str, Any] = {
        "today": day, "batch": size, "path": path, "now": now or clock.now(), "ladders": Jsonb(_ladder_rows()),
        "offices": Jsonb(_office_rows()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, values)
        return dict(cursor.fetchall())


def _committed(day: date, size: int) -> dict[str, int]:
    with transaction.atomic(durable=True):
        return handle(day, size)


def months_due(day: date) -> list[date]:
    """The months that notices of a run may belong to, and the next one."""
    oldest = Deadline.objects.filter(status="open", next_rung_on__lte=day).order_by("next_rung_on", "id")
    month = month_start(oldest.values_list("next_rung_on", flat=True).first() or day)
    months = []
    while month <= add_months(month_start(day), 1):
        months.append(month)
        month = add_months(month, 1)
    return months


def _make_months(day: date) -> None:
    """Their tables, while nobody is in a hurry."""
    for month in months_due(day):
        ensure_month("alerts_notice", month)


@cache
def _ladder_rows() -> list[dict[str, Any]]:
    """The ladders as rows, one per channel."""
    return [
        {
            "ladder": ladder.name, "rung": place, "up": rung.up, "kind": rung.kind, "critical": rung.critical,
            "channel": channel,
        }
        for ladder in ladders()
        for place, rung in enumerate(ladder.rungs)
        for channel in rung.channels
    ]  # fmt: skip


@cache
def _office_rows() -> list[dict[str, str]]:
    return [{"level": level, "office": office} for level, office in offices_by_level()]
