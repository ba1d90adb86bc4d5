"""The landing page, and signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accounts.attempts import client_address, count_try
from backend.web.faults import too_many


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Chibo is, the form to sign in, and the way to the API's documentation."""
    return render(request, "web/home.html", {"form": AuthenticationForm(request)})


class SignIn(LoginView):
    """The form to sign in, with the same limit of tries as the API."""

    template_name = "web/sign_in.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = count_try(client_address(request.META), request.POST.get("username", "")[:150])
        return too_many(request, seconds) if seconds else super().post(request, *args, **kwargs)
