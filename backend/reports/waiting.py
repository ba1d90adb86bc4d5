"""What has climbed to an office and is still open: it waits for whoever acts there."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from backend.cases import selectors
from backend.deadlines.models import Deadline
from workflows.workdays import add_months, month_start

MONTHS_BACK = 12
"""The oldest notice that is looked at: whatever is open longer has been told again since."""


def waiting(actor: Actor, today: date) -> QuerySet[Deadline]:
    """Open deadlines of units below that the office was told of because nobody there acted, the earliest first."""
    since = add_months(month_start(today), -MONTHS_BACK)
    mine = {"unit_path": actor.path, "office": actor.office.value}
    told = Notice.objects.filter(**mine, month__gte=since, levels_up__gt=0)
    return (
        selectors.deadlines(actor)
        .filter(status=Deadline.Status.OPEN, pk__in=told.values("deadline_id"))
        .order_by("due_on", "pk")
    )
