"""Letting go of what was kept long enough: whole months, by the database's own function, which lets nothing younger go."""

from __future__ import annotations

from datetime import date

import structlog
from django.db import transaction

from backend.core import clock
from backend.core.db import execute
from workflows import law
from workflows.workdays import add_months

log = structlog.get_logger(__name__)
KEPT = "PDP.ACCESS_KEPT"


def kept_since(today: date) -> date:
    """Months that ended before this day are let go."""
    return add_months(today, -law.rule(KEPT, on=today).value)


def drop_accesses() -> list[str]:
    """Drop the months that are over; their names. By real time, whatever the business date says."""
    with transaction.atomic():
        dropped = [name for (name,) in execute("SELECT chibo_drop_accesses(%s)", [kept_since(clock.now().date())])]
    if dropped:
        log.info("accesses_dropped", months=dropped)
    return dropped
