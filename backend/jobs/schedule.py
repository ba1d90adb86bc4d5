"""The beat table. Beat only says "now": two beats, or none for an hour, change nothing but the moment things happen."""

from __future__ import annotations

from typing import Any

from backend.alerts.pulse import EVERY


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Celery's table. A call nobody took before the next ones came is dropped: the later ones do its work."""
    return {
        f"jobs.{job}": {"task": f"jobs.{job}", "schedule": float(seconds), "options": {"expires": max(3 * seconds, 10)}}
        for job, seconds in EVERY.items()
    }
