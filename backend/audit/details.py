"""Reading events with what stands behind their lines, for as long as it is kept."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value

from backend.audit.models import Event, EventDetail


def standing(events: QuerySet[Event]) -> QuerySet[Event]:
    """Those that are no voids and were not voided."""
    return events.filter(~Exists(Event.objects.filter(voids=OuterRef("uid"))), voids=None)


def with_details(events: QuerySet[Event]) -> QuerySet[Event]:
    """Each with `told`, so that `left_out` and `erased` can be asked."""
    data = EventDetail.objects.filter(event_uid=OuterRef("uid")).values("data")
    return events.annotate(told=Subquery(data))  # type: ignore[no-redef]  # declared there for who reads it


def with_whether_told(events: QuerySet[Event]) -> QuerySet[Event]:
    """Each with `told` true where something is kept, unopened: enough for `erased`, with no key."""
    there = EventDetail.objects.filter(event_uid=OuterRef("uid")).annotate(there=Value(value=True)).values("there")
    return events.annotate(told=Subquery(there))  # type: ignore[no-redef]  # declared there for who reads it


def with_voids(events: QuerySet[Event]) -> QuerySet[Event]:
    """Each with `voided_by`, the uid of the event that voids it, if one in sight does."""
    void = Event.objects.filter(voids=OuterRef("uid")).values("uid")
    return events.annotate(voided_by=Subquery(void))  # type: ignore[no-redef]  # declared there for who reads it


def of_subject(kind: str, key: int) -> tuple[dict[str, Any], bool]:
    """What the lines of a subject's standing events leave out, the newest winning; and whether any of it was erased."""
    left_out: dict[str, Any] = {}
    events = list(with_details(standing(Event.objects.filter(subject_kind=kind, subject_id=key))).order_by("id"))
    for event in events:
        older = {name: part for name, part in left_out.items() if name not in event.facts}
        left_out = older | event.left_out
    return left_out, any(event.erased for event in events)
