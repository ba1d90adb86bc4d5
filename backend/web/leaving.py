"""A session ends with its owner's last office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from backend.accounts.out_of_office import over_since, said


class EndsWithTheOffice:
    """Middleware, for pages and the API: a session of somebody whose last office is over is no session any more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and over_since(request.user.pk) is not None:
            logout(request)
        return self._get_response(request)


class InOffice(AuthenticationForm):
    """Signing in, but for those whose last office is over."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("The sign-in name or the password is wrong.")
    }

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if (last := over_since(user.pk)) is not None:
            raise ValidationError(said(last), code="out_of_office")
