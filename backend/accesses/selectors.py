"""Reading who looked."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from backend.accesses.models import Access
from backend.accounts.models import User
from backend.accounts.policy import Actor, visible_to
from backend.cases.frozen import hidden
from backend.cases.selectors import need
from workflows.offices import Right


def accesses(actor: Actor) -> QuerySet[Access]:
    """The looks at files of units in scope but for those that are shut to the office, for offices that may read the log.

    Each with `user_name`, where the account is in sight; else it is empty, and office and unit are told.
    """
    need(actor, Right.READ_EVENTS)
    names = User.objects.filter(pk=OuterRef("user_id")).values("full_name")
    mine = Access.objects.filter(visible_to(actor, "unit_path", member="member_id"))
    return mine.exclude(case_id__in=hidden(actor).values("pk")).annotate(user_name=Coalesce(Subquery(names), Value("")))
