"""Terms of open cases that are counted from what a record says move with it, each with an event that says so."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from backend.audit.record import Who
from backend.cases.models import Case
from backend.deadlines.moving import recorder
from backend.deadlines.recompute import recompute

_COUNTED = {"born_on", "born_year_only"}
"""Fields that clocks look at (`workflows.page_clocks.admission`)."""


def follow(member_id: int, fields: Iterable[str], who: Who) -> None:
    """Count the open terms of the member's cases again, once the fields are written; inside the caller's transaction."""
    if _COUNTED.isdisjoint(fields):
        return
    cases = Case.objects.filter(member_id=member_id, closed_on=None).values("pk")
    recompute(only=Q(subject_kind="case", subject_id__in=cases), record=recorder(who), why="record")
