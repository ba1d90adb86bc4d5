"""The web processes' looks at whether anything is stuck, as time goes by."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from backend.alerts.models import Incident
from backend.alerts.watch import watch


def later(seconds: float) -> None:
    """So many seconds pass, for what was found stuck before."""
    Incident.objects.update(seen_at=F("seen_at") - timedelta(seconds=seconds))


def looks(*after: float) -> list[list[str]]:
    """Each look's new incidents: one now, then one after each of these seconds (twice a watch interval as delivered)."""
    told = [watch()]
    for seconds in after or (60, 60):
        later(seconds)
        told.append(watch())
    return told
