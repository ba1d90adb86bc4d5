"""Lists of deadlines, within the scope of the transaction and the part of the tree that was asked for.

Overdue is a fact of the day, not a status: open and past its legal day.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from backend.deadlines.models import Deadline


def under(path: str) -> QuerySet[Deadline]:
    """Deadlines whose case belongs to the subtree, or on which an office of the subtree must act."""
    above = path + "~"
    inside = Q(unit_path__gte=path, unit_path__lt=above) | Q(acting_path__gte=path, acting_path__lt=above)
    return Deadline.objects.filter(inside)


def open_under(path: str) -> QuerySet[Deadline]:
    """What is open, the most urgent first."""
    return under(path).filter(status=Deadline.Status.OPEN).order_by("due_on", "id")


def overdue(path: str, today: date) -> QuerySet[Deadline]:
    """Open and late: the legal day has passed."""
    return open_under(path).filter(due_on__lt=today)


def due_soon(path: str, today: date, days: int = 14) -> QuerySet[Deadline]:
    """Open and due within so many days, today included (by the earlier reading where sources conflict)."""
    last = today + timedelta(days=days)
    near = Q(due_on__lte=last) | Q(early_on__gte=today, early_on__lte=last)
    return open_under(path).filter(near, due_on__gte=today)


def counts_by_unit(path: str, today: date) -> dict[int, tuple[int, int]]:
    """For each unit whose office must act: (open, of these overdue)."""
    rows = (
        open_under(path)
        .order_by()
        .values_list("acting_unit_id")
        .annotate(all=Count("id"), late=Count("id", filter=Q(due_on__lt=today)))
    )
    return {unit: (count, late) for unit, count, late in rows}
