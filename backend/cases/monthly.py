"""What Chibo opens by itself: each cell's regular meeting of the month. It opens; it never holds, closes or judges."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, Order, perform_many
from backend.cases.models import Case
from backend.core.db import WHOLE, scope
from backend.organizations.models import Unit
from workflows.offices import Level
from workflows.workdays import month_start


def open_monthly_meetings(today: date) -> int:
    """Plan this month's regular meeting for every open cell that has none; returns how many were opened.

    A second run, or two at once, opens nothing twice: a meeting's key is unique while its case is open.
    """
    month = month_start(today)
    with transaction.atomic():
        scope(WHOLE)
        planned = Case.objects.filter(lifecycle="meeting", exclusive_key=f"regular:{month:%Y-%m}").exclude(state="")
        cells = Unit.objects.filter(level=Level.CELL, closed_on=None).exclude(pk__in=planned.values("unit_id"))
        wanted = list(cells.order_by("pk").values_list("pk", flat=True))
    facts = {"kind": "regular", "month": month.isoformat()}
    orders = [Order(NewCase("meeting", unit_id=cell), "plan", today, facts) for cell in wanted]
    results = perform_many(Actor.system(), orders)
    return sum(1 for result in results if result.outcome is not None)  # another run may have opened some meanwhile
