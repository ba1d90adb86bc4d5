"""Whether the keys of this server open what a file is to hold, before its first byte is sent."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.db.models.functions import Mod

from backend.audit.models import Event, EventDetail

LOOKED_AT = 20_000
"""So many details are opened, evenly spread over all: a change of keys that stopped half-way left one side of them behind."""


def opens_details(events: QuerySet[Event], count: int) -> None:
    """Open what stands behind these events (of which there are `count`); more than LOOKED_AT in even steps.

    Inside a transaction that sees them. Raises KeyMissing.
    """
    bound = events.order_by().filter(commitment__isnull=False)
    if (every := -(-count // LOOKED_AT)) > 1:
        bound = bound.annotate(place=Mod(F("pk"), every)).filter(place=0)
    for _data in EventDetail.objects.filter(event_uid__in=bound.values("uid")).values_list("data").iterator():
        pass  # reading opens it (`SealedJSON`)
