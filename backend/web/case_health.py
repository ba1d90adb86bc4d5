"""What a case tells of somebody's health, on a page of its own: nobody reads it by the way, and each reading is noted."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.cases import selectors
from backend.cases.health import health_of
from backend.web.acting import Acting, in_office
from backend.web.naming import named_case
from backend.web.timeline import Told, words_of
from workflows.catalogue import LIFECYCLES


@require_safe
@in_office
def case_health(request: Acting, case_id: int) -> HttpResponse:
    """404 for what the office does not see, and for an office that takes no part in the page."""
    case = selectors.cases(request.actor).select_related("member", "unit").filter(pk=case_id).first()
    if case is None:
        raise Http404
    note(request.actor, Look("web/cases/{case_id}/health/", case.member_id, case.pk))
    told, page = health_of(request.actor, case), LIFECYCLES[case.lifecycle]
    facts = {fact.name: fact for step in page.steps().values() for fact in step.facts if fact.health}
    words = [Told(str(facts[name].label), words_of(facts[name], value, None, {})) for name, value in told.items()]
    number = named_case(request.actor, case.number, case.unit)
    return render(request, "web/case_health.html", {"case": case, "number": number, "page": page, "facts": words})
