"""Doing a step: its form, what it would change, and the step itself; of a case, of a member, and what begins something new."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, note
from backend.cases.engine import NewCase, NewMember, OnCase, OnMember
from backend.cases.orders import Target
from backend.cases.previewing import preview
from backend.core.errors import KeyReused, Refused, Stale
from backend.web.acting import Acting, in_office, reading
from backend.web.kept import again
from backend.web.refusing import NO_KEY, SENT_BEFORE, said_before
from backend.web.step_form import StepForm
from backend.web.step_words import changed_since, place_of, sums, words_of

_CONVERTED = re.compile(r"<\w+:(\w+)>")
methods = require_http_methods(["GET", "HEAD", "POST"])


@methods
@in_office
def case_step(request: Acting, case_id: int, step: str) -> HttpResponse:
    """A step of a case."""
    return _page(request, OnCase(case_id), step)


@methods
@in_office
def member_step(request: Acting, member_id: int, step: str) -> HttpResponse:
    """A step of membership."""
    return _page(request, OnMember(member_id), step)


@methods
@in_office
def member_open(request: Acting, member_id: int, key: str, step: str) -> HttpResponse:
    """Open a case about a member."""
    return _page(request, NewCase(key, member_id=member_id), step)


@methods
@in_office
def unit_open(request: Acting, unit_id: int, key: str, step: str) -> HttpResponse:
    """Open a case about a unit."""
    return _page(request, NewCase(key, unit_id=unit_id), step)


@methods
@in_office
def unit_enter(request: Acting, unit_id: int, step: str) -> HttpResponse:
    """Put a new person on a cell's lists."""
    return _page(request, NewMember(unit_id), step)


def _page(request: Acting, target: Target, name: str) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, target, name)
    return _shown(request, again(request, lambda typed: StepForm(request, target, name, typed)))


def _note(request: Acting, shown: StepForm) -> None:
    """Whose case or file the form is about, how many people it names to choose from, and whether they were looked for."""
    filters = {"q": "…"} if request.POST.get("do") == "find" else {}
    match, loaded = request.resolver_match, shown.ahead.loaded
    door = _CONVERTED.sub(r"{\1}", match.route) if match else ""
    member = loaded.member.pk if loaded.member is not None else None
    case = loaded.case.pk if loaded.case is not None else None
    if member or case or shown.around.named:
        note(request.actor, Look(f"web/{door}", member, case, filters, shown.around.named or None))


def _posted(request: Acting, target: Target, name: str) -> HttpResponse:  # noqa: PLR0911  (one for each thing that can come of it)
    """`do`: `sum` (a fragment: the arithmetic of a vote), `preview`, `do`; anything else shows the form again as typed."""
    with reading(request):
        typed = StepForm(request, target, name, request.POST)
        if request.POST.get("do") == "sum":
            return render(request, "web/pieces/sums.html", {"sums": sums(typed), "of": request.POST.get("of", "")})
    try:
        match request.POST.get("do"):
            case "preview":
                return _shown(request, typed, preview=preview(typed.act(keyed=False)))
            case "do":
                if not typed.is_whole:
                    messages.warning(request, gettext(NO_KEY))
                    return _shown(request, typed, status=422)
                return _done(request, typed, typed.act(keyed=True)())
    except Refused as refused:
        typed.form.tell(refused.answers)
        return _shown(request, typed, status=422)
    except Stale as stale:
        return _stale(request, typed, stale)
    except KeyReused:
        messages.warning(request, gettext(SENT_BEFORE))
        return redirect(place_of(typed.ahead.loaded))
    return _shown(request, typed)


def _done(request: Acting, typed: StepForm, outcome: dict[str, Any]) -> HttpResponse:
    messages.success(request, gettext("Recorded: %(step)s.") % {"step": typed.step.label})
    for caution in said_before(outcome["cautions"]):
        messages.warning(request, caution.line)
    return redirect(place_of(typed.ahead.loaded, outcome))


def _stale(request: Acting, typed: StepForm, stale: Stale) -> HttpResponse:
    """Somebody was faster: what changed since, and everything typed, with the version that stands now."""
    with reading(request):
        since = changed_since(request.actor, typed.ahead.loaded, typed.version)
    typed.version = stale.current
    return _shown(request, typed, since=since, status=409)


def _shown(request: Acting, shown: StepForm, status: int = 200, **more: Any) -> HttpResponse:
    """The form, and the look at it: what was sent may be the first that somebody sees of a person."""
    with reading(request) if request.method == "POST" else nullcontext():
        _note(request, shown)
        words = words_of(shown, **more)
    return render(request, "web/step.html", words, status=status)
