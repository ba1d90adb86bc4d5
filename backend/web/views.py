"""The landing page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accounts.acting import held_by
from backend.accounts.doors import CONNECT, INVITING
from backend.contacts.devices import devices_of
from backend.core import clock
from workflows.offices import Office


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Chibo is, the form to sign in, and the way to the API's documentation; a device that was set aside is told of."""
    words: dict[str, Any] = {"form": AuthenticationForm(request)}
    if request.user.is_authenticated:
        with transaction.atomic():
            words["gone"] = any(one.gone_at for one in devices_of(request.user.pk))
            held = [Office(one.office) for one in held_by(request.user, clock.today())]
            words["connects"], words["invites"] = any(map(CONNECT.lets, held)), any(map(INVITING.lets, held))
    return render(request, "web/home.html", words)
