"""What was said to the office in which the reader acts: the list, one notice by itself, and what has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from backend.alerts.models import Notice, Outcome
from backend.alerts.read_marks import mark_read, read_up_to
from backend.alerts.reasons import why
from backend.alerts.recipients import notices_read_by
from backend.alerts.register import with_deadlines
from backend.alerts.telling import rung_told
from backend.cases import selectors
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office, reading
from backend.web.naming import named_unit
from backend.web.paging import falling, number
from workflows.answers import shown
from workflows.offices import Office, Right

CHANNEL = "inbox"
"""What is said in the application; every rung has it. The letters besides, and what was left to a later reminder, stand in the
deadline's ledger."""


@dataclass(frozen=True)
class Row:
    """One notice in words. `what` is whether it reminds or escalates, `why` the reason for which it was not said."""

    id: int
    unread: bool
    title: str
    reference: str
    unit: str
    what: str
    escalates: bool
    outcome: str
    why: str
    said_at: datetime
    due: str
    late: bool
    closed: str
    office: str
    deadline_id: int


@require_safe
@in_office
def notices(request: Acting) -> HttpResponse:
    """`?before=`: those before an id. The newest first, those not yet read said to be so."""
    page = falling(request, mine(request))
    rows = told(page.rows, read_up_to(request.actor), request)
    words = {"rows": rows, "page": page, "newest": page.rows[0].id if page.rows else None}
    return render(request, "web/alerts/notices.html", {**words, "unread": sum(one.unread for one in rows)})


@require_safe
@in_office
def notice(request: Acting, notice_id: int) -> HttpResponse:
    """404 for what was said to others."""
    row = get_object_or_404(mine(request), id=notice_id)
    (one,) = told([row], read_up_to(request.actor), request)
    return render(request, "web/alerts/notice.html", {"one": one})


@require_POST
@in_office
def read(request: Acting) -> HttpResponse:
    """`up_to`: the newest that was shown; those that came since stay unread. What is no id marks nothing."""
    up_to = number(request.POST.get("up_to", ""))
    if up_to is not None:
        with reading(request):
            mark_read(request.actor, mine(request), up_to)
        messages.success(request, gettext("Marked as read."))
    return redirect("notices")


def mine(request: Acting) -> QuerySet[Notice]:
    """What was to be said, in the application, to the reader's office and the seats it stands in for."""
    selectors.need(request.actor, Right.READ)
    return notices_read_by(request.actor, request.today).filter(channel=CHANNEL).exclude(outcome=Outcome.COALESCED)


def told(found: Sequence[Notice], up_to: int, request: Acting) -> list[Row]:
    """The notices in the language of the page."""
    units = Unit.objects.in_bulk({one.deadline.unit_id for one in with_deadlines(found) if one.deadline})
    return [_row(one, one.deadline, units, up_to, request) for one in found]


def _row(one: Notice, about: Deadline | None, units: dict[int, Unit], up_to: int, request: Acting) -> Row:
    unit = units.get(about.unit_id) if about else None
    open_still = about is not None and about.status == Deadline.Status.OPEN
    return Row(
        one.id, one.id > up_to, title(about.rule_id) if about else gettext("A deadline that is out of your sight now"),
        (about.reference or f"#{about.pk}") if about else "", named_unit(unit),
        rung_told(one.kind, one.levels_up), one.kind == "escalate", str(Outcome(one.outcome).label),
        why(one.reason, get_language() or "vi"), one.created_at, str(shown(about.due_on)) if about else "",
        open_still and about is not None and about.due_on < request.today,
        "" if open_still or about is None else str(Deadline.Status(about.status).label),
        str(Office(one.office).label) if one.office else "", about.pk if about else 0,
    )  # fmt: skip
