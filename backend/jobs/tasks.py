"""Standing jobs. Each finds its own work in PostgreSQL, so a lost or doubled call loses and doubles nothing."""

from __future__ import annotations

from celery import shared_task
from django.db import InterfaceError, OperationalError

from backend.alerts import delivery
from backend.alerts import sweep as sweeping

GONE = (OperationalError, InterfaceError)
"""The database went away: try again in a moment, then leave it to the next beat."""


@shared_task(name="jobs.sweep", autoretry_for=GONE, retry_backoff=1, retry_backoff_max=5, max_retries=3)
def sweep() -> None:
    """Give every due rung its outcome."""
    sweeping.sweep()


@shared_task(name="jobs.deliver", autoretry_for=GONE, retry_backoff=1, retry_backoff_max=5, max_retries=3)
def deliver() -> None:
    """Make the letters that are due and hand them over."""
    delivery.deliver()
