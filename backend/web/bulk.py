"""One step for many members: choose it, fill its facts in once, and read the answer for each; each is done or refused alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, alone, note
from backend.cases import selectors
from backend.cases.engine import CHUNK, Order, RequestKey, perform_bulk
from backend.cases.listing import PEOPLE_ORDER
from backend.cases.orders import Loaded, Result, answer_json, told
from backend.core.errors import KeyReused, Refused
from backend.core.ids import BIG
from backend.core.rehearsing import rehearsing
from backend.members.models import Member
from backend.web.acting import Acting, in_office, reading
from backend.web.bulk_steps import (
    Choice,
    cases_moved_on,
    choices_for,
    moved_on,
    running,
    several,
    suiting,
    suiting_cases,
)
from backend.web.filters import MemberFilter
from backend.web.kept import sent
from backend.web.refusing import said_before, said_with_basis
from backend.web.shut import shut
from backend.web.step_form import StepForm
from workflows.answers import Refusal

_SUBJECT = re.compile(r"([1-9][0-9]{0,18}):([0-9]{1,9})", re.ASCII)
KEPT, QUERY = "bulk", "bulk_query"
"""Where the session keeps who was chosen, and the filters of the list they were chosen from."""
DOES = ("do", "preview")
Chosen = dict[int, int]
"""Ids of members, or of cases, with the version that was looked at."""
NO_CASE = Refusal(
    "bulk.no_case",
    gettext_noop("No such case of this member was open when the form was shown."),
    remedy=gettext_noop("Look at the member's page: what is open there, and what can be opened."),
)
SEVERAL = Refusal(
    "bulk.several_cases",
    gettext_noop("More than one such case of this member is open: it is not clear which one is meant."),
    remedy=gettext_noop("Take the step in the case itself."),
)


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
        looked_at = _read(data.get("cases", "")) if data else None
        cases = running(request.actor, found, looked_at or ())
        now = _suited(request, found, cases, asked)
        choice = now.held_to(looked_at, cases) if now is not None and looked_at is not None else now
        if choice is None and data:
            choice = _moved_on(request, found, cases, asked, chosen, looked_at or {})
        if choice is None:
            raise Http404
        form = StepForm(request, choice.target(choice.first), choice.step.name, data, for_many=True)
    words |= {
        "choice": choice, "now": now, "form": form.form, "key": form.key, "gone": now is None,
        "typed": form.form.typed() if now is None else [], "several": several(cases, choice.step.lifecycle),
    }  # fmt: skip
    if request.method != "POST" or request.POST["do"] not in DOES:
        return render(request, "web/bulk/form.html", words)
    return _done(request, choice, form, chosen, words)


def _suited(request: Acting, found: Sequence[Member], cases: Sequence[Loaded], asked: str) -> Choice | None:
    """The step as it stands now; None where it suits none of those chosen."""
    suited = (*suiting(request.actor, found, request.today), *suiting_cases(request.actor, cases, request.today))
    return next((one for one, _ in suited if one.value == asked), None)


def _moved_on(
    request: Acting, found: Sequence[Member], cases: Sequence[Loaded], asked: str, chosen: Chosen, looked_at: Chosen
) -> Choice | None:  # fmt: skip
    """The step for those who were overtaken."""
    overtaken = cases_moved_on(request.actor, cases, request.today, asked, looked_at)
    if overtaken is not None:
        return overtaken.held_to(looked_at, cases)
    return moved_on(request.actor, found, request.today, asked, chosen)


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
    names = {one.pk: one.full_name for one in words["people"]}
    try:
        on, facts = form.read_for_many()
        keys = [key for key in chosen if choice.cases is None or key in choice.cases]
        orders = [
            Order(choice.target(key), choice.step.name, on, facts, choice.version(key, chosen[key])) for key in keys
        ]
        left = _left_out([key for key in names if key not in keys], words["several"])
        asked = {"path": request.path, "step": choice.value, "on": on.isoformat(), "facts": facts, "of": list(chosen)}
        tries = request.POST["do"] == "preview"
        with rehearsing(request.today) if tries else nullcontext():
            key = None if tries else RequestKey.of(form.key, asked)
            answer = perform_bulk(request.actor, orders, partial(_told, choice, left), request_key=key)
    except Refused as refused:
        form.form.tell(refused.answers)
        return _form_again(request, words, 422)
    except KeyReused:
        messages.warning(request, gettext("This form was sent once before with something else in it. Begin again."))
        with reading(request):
            return _back(request, words["query"])
    answers = [
        {**one, "name": names[one["id"]], "said": said_before(one["said"])}
        for one in answer["results"] if one["id"] in names
    ]  # fmt: skip
    done = [one for one in answers if one["done"]]
    shown = {**words, "done": done, "refused": [one for one in answers if not one["done"]]}
    if not done and not tries:  # who was overtaken is told so, and may send what was typed again
        shown["subjects"] = " ".join(f"{one.pk}:{one.version}" for one in words["people"])
        shown["choice"] = words["now"] or choice
    if not done or tries:
        return _form_again(request, shown | {"tried": tries}, 200 if tries else 422)
    return render(request, "web/bulk/answers.html", shown)


def _form_again(request: Acting, words: Mapping[str, Any], status: int) -> HttpResponse:
    with reading(request):
        general = said_with_basis(words["form"].general, request.today)
        return render(request, "web/bulk/form.html", {**words, "general": general}, status=status)


def _told(choice: Choice, left: Sequence[Mapping[str, Any]], results: Sequence[Result]) -> dict[str, Any]:
    """The answers as they are kept with the request's key: ids and reasons, no names; `left` are those never asked for."""
    about = {case: key for key, (case, _) in (choice.cases or {}).items()}
    return {"results": [*(told(one, about) for one in results), *left]}


def _left_out(keys: Sequence[int], several: Collection[int]) -> list[dict[str, Any]]:
    """The answers for those without a case on which the step could be asked for."""
    return [
        {"id": key, "done": False, "said": [answer_json(SEVERAL if key in several else NO_CASE)], "error": ""}
        for key in keys
    ]


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
