"""The beginning: who is signed in sees today's work, everybody else the form to sign in; and what one's account has."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from backend.accounts.acting import held_by
from backend.accounts.doors import door
from backend.core import clock
from backend.web.navigation import WAYS
from backend.web.today import today
from workflows.offices import Office


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Today's work, or what Chibo is and the form to sign in."""
    if request.user.is_authenticated:
        return today(request)
    return render(request, "web/home.html", {"form": AuthenticationForm(request)})


@require_safe
@login_required
def more(request: HttpRequest) -> HttpResponse:
    """Every page that is open to one of the reader's offices, what the account has, and the way out."""
    with transaction.atomic():
        offices = [Office(one.office) for one in held_by(request.user, clock.today())]  # type: ignore[arg-type]  # login_required
    groups = [
        (gettext("Work"), [(way.name, str(way.label)) for way in WAYS]),
        (gettext("How I am told"), [
            ("ledger", gettext("Ledger of reminders")), ("preferences", gettext("How you are told")),
            ("contacts", gettext("Calendar, devices, chat and SMS")),
        ]),
        (gettext("My account"), [
            ("password", gettext("Change the password")), ("mfa_index", gettext("Second factor")),
            ("sessions", gettext("Where you are signed in")), ("tokens", gettext("Tokens for programs")),
        ]),
        (gettext("For the office"), [
            ("invitations", gettext("Invite people")), ("webhooks", gettext("Webhooks")),
            *([("docs", gettext("Documentation of the API"))] if _open(reverse("webhooks"), offices) else ()),
        ]),
    ]  # fmt: skip
    words: dict[str, Any] = {"groups": []}
    for heading, links in groups:
        shown = [(reverse(name), label) for name, label in links if _open(reverse(name), offices)]
        if shown:
            words["groups"].append((heading, shown))
    return render(request, "web/more.html", words)


def _open(address: str, offices: list[Office]) -> bool:
    opened = door(address.lstrip("/"), "GET")
    return opened is not None and (not (opened.rights or opened.offices) or any(map(opened.lets, offices)))
