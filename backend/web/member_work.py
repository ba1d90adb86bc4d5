"""What runs about a member: cases that the office may read, and deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.deadlines.models import Deadline
from backend.flags.selectors import flags
from backend.members.models import Member
from backend.web.lines import Line, lines
from backend.web.naming import named_case
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.drawing import label_of
from workflows.offices import Right, holds


@dataclass(frozen=True)
class Running:
    """A case about the member."""

    address: str
    label: str
    number: str
    state: str
    opened: str
    closed: str


def running(actor: Actor, row: Member) -> list[Running]:
    """The member's cases, open ones first, then the newest."""
    found = selectors.cases(actor).filter(member_id=row.pk).select_related("unit")
    return [
        Running(
            reverse("case", kwargs={"case_id": one.pk}), str(LIFECYCLES[one.lifecycle].label),
            named_case(actor, one.number, one.unit),
            label_of(LIFECYCLES[one.lifecycle], "state", one.state), str(shown(one.opened_on)),
            str(shown(one.closed_on)) if one.closed_on else "",
        )
        for one in sorted(found, key=lambda one: (one.closed_on is not None, -one.pk))
    ]  # fmt: skip


def waiting(actor: Actor, row: Member, today: date) -> list[Line]:
    """Open deadlines about the member: own ones, of the cases in sight, of what the cell is asked to consider."""
    cases = selectors.cases(actor).filter(member_id=row.pk, closed_on=None)
    about = Q(subject_kind="member", subject_id=row.pk) | Q(subject_kind="case", subject_id__in=cases.values("pk"))
    if holds(actor.office, Right.READ_RESTRICTED):
        about |= Q(subject_kind="flag", subject_id__in=flags(actor).filter(member_id=row.pk).values("pk"))
    found = selectors.deadlines(actor).filter(about, status=Deadline.Status.OPEN).order_by("due_on", "id")
    return lines(actor, list(found), today)
