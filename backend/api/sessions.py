"""Who is let in: a signed-in page or a token, and nobody before having a password of the own and the factor asked for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.permissions import IsAuthenticated

from backend.accounts.second_factor import is_missing


class PageSession(SessionAuthentication):
    """A signed-in page; what may have been sent by another site's page is refused in a sentence of ours."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            message = gettext("The page's token (X-CSRFToken) is missing or no longer valid; load the page again.")
            raise PermissionDenied(message) from None


class PasswordMustChange(APIException):
    """Signed in with a one-time password, which opens one door: the one to choose another password."""

    status_code = 403
    default_code = "password_must_change"
    default_detail = gettext_lazy(
        "This password serves only to choose another one: at /password/, or by POST /api/v1/me/password/."
    )


class SecondFactorRequired(APIException):
    """An office above the cell is held without a second factor; it is set up on the page."""

    status_code = 403
    default_code = "second_factor_required"
    default_detail = gettext_lazy(
        "Your office needs a second factor beside the password: set one up at /second-factor/."
    )


class Admitted(IsAuthenticated):
    """Every view's permission, unless it names another: signed in, with a password that nobody else has set, and with the
    second factor that the person's office asks for.
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.user.password_must_change:
            raise PasswordMustChange
        if is_missing(request.user):
            raise SecondFactorRequired
        return True
