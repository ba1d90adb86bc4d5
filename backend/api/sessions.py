"""Who is let in: a signed-in page or a token, and nobody before having a password of the own and the factor asked for, but for
the doors that are open to them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy, gettext_noop
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from backend.accounts.door_kinds import ANYBODY, ONE_TIME
from backend.accounts.doors import door
from backend.accounts.models import Token, TokenScope
from backend.accounts.out_of_office import over_since, said
from backend.accounts.second_factor import is_missing
from backend.core.errors import NotPermitted


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


BOUND = gettext_noop("This token acts in one office alone; use the page, or a token that is free.")


class TokenReadsOnly(APIException):
    """A token that was made for reading alone was used to change something."""

    status_code = 403
    default_code = "token_read_only"
    default_detail = gettext_lazy("This token reads only; make another one for changes.")


class ScopedToken(TokenAuthentication):  # type: ignore[misc]  # untyped library
    """A token, within what it was made for; in which office it acts is seen to by `scoping.chosen_assignment`. It ends with
    its owner's last office.
    """

    def authenticate_credentials(self, token: Any) -> Any:
        user, row = super().authenticate_credentials(token)
        if (last := over_since(user.pk)) is not None:
            row.delete()
            raise AuthenticationFailed(said(last))
        return user, row

    def authenticate(self, request: Any) -> tuple[Any, Token] | None:
        try:
            found: tuple[Any, Token] | None = super().authenticate(request)
        except UnicodeDecodeError:  # a header that is no text
            raise AuthenticationFailed from None
        enough = request.method in SAFE_METHODS or getattr(request.parser_context["view"], "reading_is_enough", False)
        if found and found[1].scope == TokenScope.READ and not enough:
            raise TokenReadsOnly
        return found


class SecondFactorRequired(APIException):
    """An office above the cell is held without a second factor; it is set up on the page."""

    status_code = 403
    default_code = "second_factor_required"
    default_detail = gettext_lazy(
        "Your office needs a second factor beside the password: set one up at /second-factor/."
    )


class Admitted(IsAuthenticated):
    """Every view's permission, by the table of doors: signed in, with a password that nobody else has set, and with the second
    factor that the person's office asks for.
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        opened = door(request.resolver_match.route, request.method)
        if opened is ANYBODY:
            return True
        if not super().has_permission(request, view):
            return False
        if opened is ONE_TIME:
            return True
        if request.user.password_must_change:
            raise PasswordMustChange
        if is_missing(request.user):
            raise SecondFactorRequired
        return True


class AsOwner(Admitted):
    """For what only the person may do: on a page, or with a token that is bound to nothing; a bound one may look."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if isinstance(request.auth, Token) and request.auth.assignment_id and request.method not in SAFE_METHODS:
            raise NotPermitted(BOUND)
        return True
