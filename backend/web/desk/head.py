"""The newest signed head of the log: what was checked of it just now, in plain words, and the slip to print and keep."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from backend.audit.checking import check_head
from backend.audit.exporting import last_head
from backend.cases import selectors
from backend.core.errors import NotFound
from backend.reports.head_slip import printed
from backend.web.acting import Acting, in_office
from workflows.offices import Right


@require_safe
@in_office
def head(request: Acting) -> HttpResponse:
    """What this page checked and what it did not; before the first head it says that there is none."""
    selectors.need(request.actor, Right.READ_EVENTS)
    try:
        check = check_head()
    except NotFound as error:
        return render(request, "web/desk/head.html", {"none": error.said()})
    return render(request, "web/desk/head.html", {"check": check, "text": check.head.as_text()})


@require_safe
@in_office
def slip(request: Acting) -> HttpResponse:
    """The head on a sheet (PDF) in the language of the page; before the first the page says that there is none."""
    selectors.need(request.actor, Right.READ_EVENTS)
    try:
        found = last_head()
    except NotFound:
        return redirect("desk-head")
    answer = HttpResponse(printed(found, "en" if get_language() == "en" else "vi"), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="chibo-head-{found.epoch}-{found.size}.pdf"'
    return answer
