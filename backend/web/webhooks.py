"""The page of webhooks: which programs are told, what they last answered, another one, another secret, and an end.

For the offices that the API lets register them. A person with several such offices sees what each of them sees; a change is
made in the first office that reaches what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.door_kinds import CONNECT
from backend.accounts.policy import Actor
from backend.alerts.hook_letters import LastAnswer, last_answers
from backend.alerts.models import Outcome
from backend.alerts.reasons import answer_in_words, why
from backend.cases import selectors
from backend.contacts import endpoints
from backend.contacts.models import Endpoint
from backend.core.db import scope
from backend.core.errors import NotFound, Refused
from backend.web.facts.typed import whole
from backend.web.forms import UnitField
from backend.web.offices import actors_of, first_of, units_in_reach
from backend.web.refusing import said, tell

LISTED, ANSWERS = 50, 3
"""Webhooks on the page, the newest first, and answers of each."""


class WebhookForm(forms.Form):
    """A unit by its code, and the address of a program."""

    unit = UnitField(label=_("Code of the unit"), max_length=40)
    url = forms.CharField(
        label=_("Address of the program (https://…)"), max_length=500, widget=forms.TextInput({"autocomplete": "off"})
    )


@dataclass(frozen=True)
class Line:
    """A webhook and the last that it answered, in words."""

    row: Endpoint
    answers: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def webhooks(request: HttpRequest) -> HttpResponse:
    """404 for whoever holds no office that registers any. A secret is shown in the answer that makes it, and never again."""
    actors = actors_of(request.user, CONNECT)
    form, secret = WebhookForm(), ""
    doing = request.POST.get("do", "")
    if doing == "register":
        form = WebhookForm(request.POST)
        secret = _registered(form, actors)
    elif doing == "exchange":
        try:
            _row, secret = first_of(actors, lambda actor: endpoints.exchange_secret(actor, _chosen(request)), Http404())
        except Refused as refused:
            for answer in refused.answers:
                messages.error(request, said(answer))
            return redirect("webhooks")
    elif doing == "close":
        first_of(actors, lambda actor: endpoints.close(actor, _chosen(request)), Http404())
        messages.success(request, gettext("Nothing is told to that address any more."))
        return redirect("webhooks")
    form.fields["unit"].offered = units_in_reach(actors)  # type: ignore[attr-defined]  # a UnitField
    return render(request, "web/webhooks.html", {"lines": _lines(actors), "form": form, "secret": secret})


def _registered(form: WebhookForm, actors: list[Actor]) -> str:
    """The secret of the new one, the form blank again; none where something is wrong, each reason with its field."""
    if not form.is_valid():
        return ""
    try:
        _row, secret = first_of(actors, lambda actor: _register(actor, form.cleaned_data), Http404())
    except Refused as refused:
        tell(form, refused)
        return ""
    except Http404:
        form.add_error("unit", gettext("There is no such unit within what your office sees."))
        return ""
    form.is_bound = False
    return secret


def _register(actor: Actor, typed: dict[str, Any]) -> tuple[Endpoint, str]:
    with transaction.atomic():
        scope(actor.path)
        unit = selectors.units(actor).filter(code=typed["unit"].strip()).first()
    if unit is None:
        raise NotFound
    return endpoints.register(actor, unit.pk, typed["url"].strip())


def _chosen(request: HttpRequest) -> int:
    """The number of the webhook that a button is about."""
    chosen = whole(request.POST.get("webhook", ""))
    if chosen is None:
        raise Http404
    return chosen


def _lines(actors: list[Actor]) -> list[Line]:
    found: dict[int, Line] = {}
    for actor in actors:
        with transaction.atomic():
            scope(actor.path)
            rows = list(endpoints.endpoints(actor).order_by("-id")[:LISTED])
            answers = last_answers([one.pk for one in rows], ANSWERS)
            found |= {one.pk: Line(one, [_told(last) for last in answers.get(one.pk, ())]) for one in rows}
    return [found[key] for key in sorted(found, reverse=True)[:LISTED]]


def _told(one: LastAnswer) -> str:
    at = timezone.localtime(one.at).strftime("%d/%m/%Y %H:%M")
    language = get_language() or "vi"
    waits = why("waits_for_server", language)
    label = waits if one.outcome == Outcome.HELD else str(Outcome(one.outcome).label)
    return " · ".join(filter(None, [at, label, answer_in_words(one.answer, language)]))
