"""Assignments end on their day, and with the last one whatever the person was signed in with.

The day is the business date, as all days of offices are; outside demo and tests it is today. Whoever never held an office
may sign in to choose a password.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext, gettext_noop

from backend.accounts.acting import held
from backend.accounts.models import Assignment
from backend.core import clock
from backend.core.db import naming
from workflows.answers import shown

OVER = gettext_noop("Your last office ended on %(day)s. You can sign in again when you are given another one.")


def over_since(user_id: int) -> date | None:
    """The last day of the last office, once it has passed and the person holds none today; else None."""
    with transaction.atomic():
        naming(user_id)
        today = clock.today()
        found = Assignment.objects.filter(user_id=user_id).aggregate(
            now=Count("pk", filter=held(today)), last=Max("to_date", filter=Q(to_date__lt=today))
        )
    return None if found["now"] else found["last"]


def said(last: date) -> str:
    """What a person is told whose last office ended on that day."""
    return gettext(OVER) % {"day": shown(last)}
