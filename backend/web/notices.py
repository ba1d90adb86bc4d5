"""What was said to the office in which the reader acts: a line for each deadline, a notice by itself, what has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backend.alerts.models import Notice, Outcome
from backend.alerts.read_marks import mark_read, read_up_to
from backend.alerts.reasons import why
from backend.alerts.recipients import notices_read_by
from backend.alerts.register import newest_of_each, with_deadlines
from backend.alerts.telling import rung_told
from backend.cases import selectors
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office, named_of, reading
from backend.web.answers import Answers
from backend.web.days import DayField, day_and_month
from backend.web.filters import Asked
from backend.web.naming import named_unit
from backend.web.paging import falling, number
from workflows.answers import shown
from workflows.offices import Office, Right
from workflows.workdays import month_start

CHANNEL = "inbox"
"""What is said in the application; every rung has it. The letters besides, and what was left to a later reminder, stand in the
deadline's ledger."""


@dataclass(frozen=True)
class Row:
    """One notice in words. `what` is whether it reminds or escalates, `why` the reason for which it was not said, `earlier` the
    days on which the office was told of the same deadline before."""

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
    earlier: str


class NoticeFilter(Asked):
    """Which deadlines' notices are shown, by the newest of each."""

    told = frozenset({"until"})
    show = forms.ChoiceField(
        label=_("Which"), required=False,
        choices=[("", _("All")), ("unread", _("Not yet read")), ("open", _("Of deadlines that are still open"))],
    )  # fmt: skip
    until = DayField(label=_("Last told by the day"), required=False)

    def kept(self, rows: QuerySet[Notice], up_to: int) -> QuerySet[Notice]:
        """None where a field is wrong."""
        if self.errors:
            return rows.none()
        if until := self.cleaned_data["until"]:
            rows = rows.filter(month__lte=month_start(until), rung_on__lte=until)
        match self.cleaned_data["show"]:
            case "unread":
                return rows.filter(id__gt=up_to)
            case "open":
                return rows.filter(
                    Exists(Deadline.objects.filter(pk=OuterRef("deadline_id"), status=Deadline.Status.OPEN))
                )
        return rows


@require_safe
@in_office
def notices(request: Acting) -> HttpResponse:
    """`?show=`, `?until=`, and `?before=`: those before an id. The newest first, those not yet read said to be so."""
    up_to, form = read_up_to(request.actor), NoticeFilter(request.GET)
    own = mine(request)
    page = falling(request, form.kept(newest_of_each(own), up_to))
    rows = told(page.rows, own, up_to, request)
    words: dict[str, Any] = {
        "rows": rows, "page": page, "newest": page.rows[0].id if page.rows else None, "form": form,
        "unread": sum(one.unread for one in rows), "narrowed": any(form.cleaned_data.values()) or bool(form.errors),
    }  # fmt: skip
    return render(request, "web/alerts/notices.html", words, status=400 if form.errors else 200)


@require_safe
@in_office
def notice(request: Acting, notice_id: int) -> HttpResponse:
    """404 for what was said to others. What the office may answer stands on it, and is sent to the deadline's page."""
    own = mine(request)
    row = get_object_or_404(own, id=notice_id)
    (one,) = told([row], own, read_up_to(request.actor), request)
    about = selectors.deadlines(request.actor).filter(pk=row.deadline_id).first()
    words = {
        "one": one, "answers": Answers(request.actor, about) if about else None, "seat": named_of(request.actor),
        "sent_to": f"{reverse('deadline', args=[row.deadline_id])}#answers",
    }  # fmt: skip
    return render(request, "web/alerts/notice.html", words)


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


def told(found: Sequence[Notice], own: QuerySet[Notice], up_to: int, request: Acting) -> list[Row]:
    """The notices in the language of the page, with what of `own` was said before of the same; four queries for all."""
    units = Unit.objects.in_bulk({one.deadline.unit_id for one in with_deadlines(found) if one.deadline})
    of = {one.deadline_id for one in found}
    said = list(own.filter(deadline_id__in=of).order_by("id").values_list("deadline_id", "id", "rung_on"))
    earlier = {
        one.id: [day for about, key, day in said if about == one.deadline_id and key < one.id]
        for one in found
    }  # fmt: skip
    return [_row(one, units, earlier[one.id], up_to, request) for one in found]


def _row(one: Notice, units: dict[int, Unit], earlier: Sequence[date], up_to: int, request: Acting) -> Row:
    about = one.deadline
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
        ", ".join(day_and_month(day, request.today) for day in dict.fromkeys(earlier)),
    )  # fmt: skip
