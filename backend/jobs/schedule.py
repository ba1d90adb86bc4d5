"""The beat table. Beat only says "now": two beats, or none for an hour, change nothing but the moment things happen."""

from __future__ import annotations

from typing import Any

from django.conf import settings

EVERY: dict[str, int] = {
    "jobs.seal": settings.CHIBO_SEAL_SECONDS,
    "jobs.follow": settings.CHIBO_SEAL_SECONDS,
    "jobs.open_monthly_meetings": settings.CHIBO_SWEEP_SECONDS,
    "jobs.sweep": settings.CHIBO_SWEEP_SECONDS,
    "jobs.deliver": settings.CHIBO_DELIVERY_SECONDS,
}


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Celery's table. A call nobody took before the next ones came is dropped: the later ones do its work."""
    return {
        name: {"task": name, "schedule": float(seconds), "options": {"expires": max(3 * seconds, 10)}}
        for name, seconds in EVERY.items()
    }
