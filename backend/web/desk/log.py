"""The desk's first page, and what the log is asked: a list with its filters."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.audit.checking import check_head
from backend.audit.details import with_voids
from backend.cases import selectors
from backend.core.errors import NotFound
from backend.desk.asking import events
from backend.web.acting import Acting, in_office
from backend.web.desk.asking import QuestionForm
from backend.web.desk.entries import lines
from backend.web.naming import named_case
from backend.web.paging import falling
from workflows.offices import Right, holds

FINDINGS = 20


@require_safe
@in_office
def desk(request: Acting) -> HttpResponse:
    """Where things stand, and the ways from here."""
    selectors.need(request.actor, Right.READ_EVENTS)
    try:
        check = check_head()
    except NotFound:  # nothing was sealed yet
        check = None
    open_ones = selectors.cases(request.actor).filter(lifecycle="finding", closed_on=None).order_by("opened_on", "id")
    found = open_ones.select_related("unit")[:FINDINGS]
    words = {
        "check": check, "audits": holds(request.actor.office, Right.AUDIT),
        "findings": [(named_case(request.actor, one.number, one.unit), one) for one in found],
        "more": open_ones.count() - FINDINGS,
    }  # fmt: skip
    return render(request, "web/desk/desk.html", words)


@require_safe
@in_office
def log(request: Acting) -> HttpResponse:
    """`?…`: as `QuestionForm` says; `?before=`: entries before an id. What cannot be asked is said beside its field."""
    selectors.need(request.actor, Right.READ_EVENTS)
    asked = {name: value for name, value in request.GET.items() if name != "before"}
    form = QuestionForm(request.actor, request.GET)
    if not form.is_valid():
        return render(request, "web/desk/log.html", {"form": form, "asked": asked, "page": None}, status=400)
    question = form.question()
    page = falling(request, with_voids(events(request.actor, question)))
    member, case = (question.member, question.case) if page.rows else (None, None)  # it may be somebody's out of sight
    note(request.actor, Look("web/desk/events/", member, case, question.said(), len(page.rows)))
    words = {"form": form, "asked": any(asked.values()), "page": page, "lines": lines(request.actor, page.rows)}
    return render(request, "web/desk/log.html", {**words, "query": request.GET.urlencode()})
