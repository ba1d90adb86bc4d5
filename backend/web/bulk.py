"""One step for many members: choose it, fill its facts in once, and read the answer for each; each is done or refused alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from backend.accesses.noting import Look, note
from backend.cases import selectors
from backend.cases.engine import CHUNK, Order, RequestKey, perform_bulk
from backend.cases.listing import PEOPLE_ORDER
from backend.cases.orders import Result, told
from backend.core.errors import KeyReused, Refused
from backend.core.ids import BIG
from backend.web.acting import Acting, in_office, reading
from backend.web.bulk_steps import Choice, choices_for
from backend.web.filters import MemberFilter
from backend.web.refusing import said_before, said_with_basis
from backend.web.step_form import StepForm

_SUBJECT = re.compile(r"([1-9][0-9]{0,18}):([0-9]{1,9})", re.ASCII)
Chosen = dict[int, int]
"""Ids of members, with the version that was looked at."""


@require_POST
@in_office
def bulk(request: Acting) -> HttpResponse:
    """From the list (`of`: those ticked, or all that the filters keep) to the steps that suit; with `step` to its form;
    with `do` to the answers. Whom the office does not see is not there."""
    with reading(request):
        chosen = _chosen(request)
        found = list(selectors.members(request.actor).filter(pk__in=chosen).order_by(*PEOPLE_ORDER))
        if not found:
            messages.error(request, gettext("Tick the members first."))
            return _back(request)
        note(request.actor, Look("web/members/bulk/", count=len(found)))
        offered = choices_for(request.actor, found, request.today)
        words: dict[str, Any] = {
            "people": found, "query": request.POST.get("query", ""),
            "subjects": " ".join(f"{key}:{version}" for key, version in chosen.items()),
        }  # fmt: skip
        if "step" not in request.POST:
            return render(request, "web/bulk/steps.html", {**words, "choices": offered})
        choice = next((one for one in offered if one.value == request.POST["step"]), None)
        if choice is None:
            raise Http404
        form = StepForm(
            request, choice.target(choice.first), choice.step.name, request.POST if "do" in request.POST else None
        )
    words |= {"choice": choice, "form": form.form, "key": form.key}
    if "do" not in request.POST:
        return render(request, "web/bulk/form.html", words)
    return _done(request, choice, form, chosen, words)


def _done(request: Acting, choice: Choice, form: StepForm, chosen: Chosen, words: Mapping[str, Any]) -> HttpResponse:
    """The answers; the form again, as typed, where nothing could be asked of the engine or nobody's step was done."""
    try:
        on, facts, _ = form.read()
        orders = [Order(choice.target(key), choice.step.name, on, facts, choice.version(chosen[key])) for key in chosen]
        asked = {"path": request.path, "step": choice.value, "on": on.isoformat(), "facts": facts, "of": list(chosen)}
        answer = perform_bulk(request.actor, orders, _told, request_key=RequestKey.of(form.key, asked))
    except Refused as refused:
        form.form.tell(refused.answers)
        return _form_again(request, words, 422)
    except KeyReused:
        messages.warning(request, gettext("This form was sent once before with something else in it. Begin again."))
        return _back(request)
    names = {one.pk: one.full_name for one in words["people"]}
    answers = [
        {**one, "name": names[one["id"]], "said": said_before(one["said"])}
        for one in answer["results"] if one["id"] in names
    ]  # fmt: skip
    done = [one for one in answers if one["done"]]
    shown = {**words, "done": done, "refused": [one for one in answers if not one["done"]]}
    if not done:
        return _form_again(request, shown, 422)
    return render(request, "web/bulk/answers.html", shown)


def _form_again(request: Acting, words: Mapping[str, Any], status: int) -> HttpResponse:
    with reading(request):
        general = said_with_basis(words["form"].general, request.today)
        return render(request, "web/bulk/form.html", {**words, "general": general}, status=status)


def _told(results: Sequence[Result]) -> dict[str, Any]:
    """The answers as they are kept with the request's key: ids and reasons, no names."""
    return {"results": [told(one) for one in results]}


def _chosen(request: Acting) -> Chosen:
    """Whom the form names. Raises Http404 for what no form of ours sends, and for more than can be done at once."""
    if request.POST.get("of") == "all":
        rows = MemberFilter(request.actor, QueryDict(request.POST.get("query", ""))).rows(request.today)
        return dict(rows.order_by(*PEOPLE_ORDER).values_list("pk", "version")[:CHUNK])
    named = request.POST.get("subjects", " ".join(request.POST.getlist("subject"))).split()
    found = [_SUBJECT.fullmatch(one) for one in named]
    if len(found) > CHUNK or any(one is None or int(one[1]) > BIG for one in found):
        raise Http404
    return {int(one[1]): int(one[2]) for one in found if one is not None}


def _back(request: Acting) -> HttpResponse:
    with reading(request):
        query = MemberFilter(request.actor, QueryDict(request.POST.get("query", ""))).query
    answer = redirect("members")
    answer["Location"] += f"?{query}" if query else ""
    return answer
