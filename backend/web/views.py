"""The landing page, and signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accounts.acting import held_by
from backend.accounts.attempts import client_address, count_try
from backend.contacts.devices import devices_of
from backend.core import clock
from backend.web.faults import too_many
from backend.web.leaving import InOffice
from backend.web.webhooks import entitled


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Chibo is, the form to sign in, and the way to the API's documentation; a device that was set aside is told of."""
    words: dict[str, Any] = {"form": AuthenticationForm(request)}
    if request.user.is_authenticated:
        with transaction.atomic():
            words["gone"] = any(one.gone_at for one in devices_of(request.user.pk))
            words["connects"] = any(entitled(held_by(request.user, clock.today())))
    return render(request, "web/home.html", words)


class SignIn(LoginView):
    """The form to sign in, with the same limit of tries as the API."""

    template_name = "web/sign_in.html"
    authentication_form = InOffice
    http_method_names = ("get", "head", "post")  # Django takes a PUT for a POST

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = count_try(client_address(request.META), request.POST.get("username", "")[:150])
        return too_many(request, seconds) if seconds else super().post(request, *args, **kwargs)
