"""Flags that an actor may read."""

from __future__ import annotations

from django.db.models import QuerySet

from backend.accounts.policy import Actor, visible_to
from backend.cases.selectors import need
from backend.flags.models import Flag
from workflows.offices import Right


def flags(actor: Actor) -> QuerySet[Flag]:
    """Flags that stand, of cells in scope, for offices that may see restricted cases (never an assigned helper)."""
    need(actor, Right.READ_RESTRICTED)
    return Flag.objects.filter(visible_to(actor, "unit_path"), cleared_on=None)
