"""One step for many members: choose it, fill its facts in once, and read the answer for each; each is done or refused alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, alone, note
from backend.cases import selectors
from backend.cases.engine import CHUNK, Order, RequestKey, perform_bulk
from backend.cases.listing import PEOPLE_ORDER
from backend.cases.orders import Result, told
from backend.core.errors import KeyReused, Refused
from backend.core.ids import BIG
from backend.core.rehearsing import rehearsing
from backend.members.models import Member
from backend.web.acting import Acting, in_office, reading
from backend.web.bulk_steps import Choice, choices_for, moved_on, suiting
from backend.web.filters import MemberFilter
from backend.web.kept import sent
from backend.web.refusing import said_before, said_with_basis
from backend.web.shut import shut
from backend.web.step_form import StepForm

_SUBJECT = re.compile(r"([1-9][0-9]{0,18}):([0-9]{1,9})", re.ASCII)
KEPT, QUERY = "bulk", "bulk_query"
"""Where the session keeps who was chosen, and the filters of the list they were chosen from."""
Chosen = dict[int, int]
"""Ids of members, with the version that was looked at."""


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def bulk(request: Acting) -> HttpResponse:
    """POST from the list (`of`: those ticked, or all that the filters keep): who was chosen is kept for the pages that follow.

    GET: the steps that suit; `?step=` its form. POST with `do`: what would become of everybody, or the answers. Whom the
    office does not see is not there."""
    if request.method == "POST" and "do" not in request.POST:
        return _kept(request)
    data = sent(request)
    with reading(request):
        chosen = _chosen(request, data) if data else _read(request.session.get(KEPT, ""))
        query = data.get("query", "") if data else request.session.get(QUERY, "")
        found = list(selectors.members(request.actor).filter(pk__in=chosen).order_by(*PEOPLE_ORDER))
        if not found:
            messages.error(request, gettext("Tick the members first."))
            return _back(request, query)
        note(request.actor, Look("web/members/bulk/", alone([one.pk for one in found]), count=len(found)))
        named = " ".join(f"{key}:{version}" for key, version in chosen.items())
        words: dict[str, Any] = {"people": found, "query": query, "subjects": named}
        asked = data.get("step", "") if data else request.GET.get("step", "")
        if not asked:
            return render(request, "web/bulk/steps.html", words | _offered(request, found))
        suited = suiting(request.actor, found, request.today)
        choice = next((one for one, _ in suited if one.value == asked), None)
        gone = choice is None
        if choice is None and data:
            choice = moved_on(request.actor, found, request.today, asked, chosen)
        if choice is None:
            raise Http404
        form = StepForm(request, choice.target(choice.first), choice.step.name, data)
    words |= {
        "choice": choice,
        "form": form.form,
        "key": form.key,
        "gone": gone,
        "typed": form.form.typed() if gone else [],
    }
    if request.method != "POST":
        return render(request, "web/bulk/form.html", words)
    return _done(request, choice, form, chosen, words)


def _kept(request: Acting) -> HttpResponse:
    """Who was chosen is kept with the session, by id, so that the pages that follow can be gone back to."""
    with reading(request):
        chosen = _chosen(request, request.POST)
    request.session[KEPT] = " ".join(f"{key}:{version}" for key, version in chosen.items())
    request.session[QUERY] = request.POST.get("query", "")
    answer = redirect("members-bulk")
    if "step" in request.POST:
        answer["Location"] += "?" + urlencode({"step": request.POST["step"]})
    return answer


def _offered(request: Acting, found: Sequence[Member]) -> dict[str, Any]:
    choices = choices_for(request.actor, found, request.today)
    closed = ((one.label, said_with_basis(one.refusals, request.today)) for one in choices if one.refusals)
    return {"choices": [one for one in choices if not one.refusals], "shut": shut(closed)}


def _done(request: Acting, choice: Choice, form: StepForm, chosen: Chosen, words: Mapping[str, Any]) -> HttpResponse:
    """The answers; the form again, as typed, where nothing could be asked of the engine or nobody's step was done."""
    try:
        on, facts = form.read_for_many()
        orders = [Order(choice.target(key), choice.step.name, on, facts, choice.version(chosen[key])) for key in chosen]
        asked = {"path": request.path, "step": choice.value, "on": on.isoformat(), "facts": facts, "of": list(chosen)}
        tries = request.POST["do"] == "preview"
        with rehearsing(request.today) if tries else nullcontext():
            key = None if tries else RequestKey.of(form.key, asked)
            answer = perform_bulk(request.actor, orders, _told, request_key=key)
    except Refused as refused:
        form.form.tell(refused.answers)
        return _form_again(request, words, 422)
    except KeyReused:
        messages.warning(request, gettext("This form was sent once before with something else in it. Begin again."))
        with reading(request):
            return _back(request, words["query"])
    names = {one.pk: one.full_name for one in words["people"]}
    answers = [
        {**one, "name": names[one["id"]], "said": said_before(one["said"])}
        for one in answer["results"] if one["id"] in names
    ]  # fmt: skip
    done = [one for one in answers if one["done"]]
    shown = {**words, "done": done, "refused": [one for one in answers if not one["done"]]}
    if not done and not tries:  # who was overtaken is told so, and may send what was typed again
        shown["subjects"] = " ".join(f"{one.pk}:{one.version}" for one in words["people"])
    if not done or tries:
        return _form_again(request, shown | {"tried": tries}, 200 if tries else 422)
    return render(request, "web/bulk/answers.html", shown)


def _form_again(request: Acting, words: Mapping[str, Any], status: int) -> HttpResponse:
    with reading(request):
        general = said_with_basis(words["form"].general, request.today)
        return render(request, "web/bulk/form.html", {**words, "general": general}, status=status)


def _told(results: Sequence[Result]) -> dict[str, Any]:
    """The answers as they are kept with the request's key: ids and reasons, no names."""
    return {"results": [told(one) for one in results]}


def _chosen(request: Acting, data: QueryDict) -> Chosen:
    """Whom the form names. Raises Http404 for what no form of ours sends, and for more than can be done at once."""
    if data.get("of") == "all":
        rows = MemberFilter(request.actor, QueryDict(data.get("query", ""))).rows(request.today)
        return dict(rows.order_by(*PEOPLE_ORDER).values_list("pk", "version")[:CHUNK])
    return _read(data.get("subjects", " ".join(data.getlist("subject"))))


def _read(subjects: str) -> Chosen:
    found = [_SUBJECT.fullmatch(one) for one in subjects.split()]
    if len(found) > CHUNK or any(one is None or int(one[1]) > BIG for one in found):
        raise Http404
    return {int(one[1]): int(one[2]) for one in found if one is not None}


def _back(request: Acting, query: str) -> HttpResponse:
    kept = MemberFilter(request.actor, QueryDict(query)).query
    answer = redirect("members")
    answer["Location"] += f"?{kept}" if kept else ""
    return answer
