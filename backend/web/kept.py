"""What was typed into a form whose session had ended: kept sealed in Redis for a while, and back in the form after the sign-in.

Nobody knows who typed it, so it is for the browser that sent it alone, by a cookie, once it is signed in and may open the form;
it is given out once. Redis may lose it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext
from redis.exceptions import RedisError

from backend.accounts.attempts import client_address, count_try
from backend.core.keyring import KeyMissing, seal_bytes, unseal_bytes

log = structlog.get_logger(__name__)
Form = TypeVar("Form")
NAME = "typed"
"""The name of the cookie, and in the address to which one comes back."""
PAGES = frozenset({"case-step", "member-step", "member-open", "unit-open", "unit-enter", "meeting"})
"""Forms that take what was typed back."""
SECONDS = 30 * 60
LARGEST = 16 * 1024


def keep(request: HttpRequest) -> HttpResponse | None:
    """To the page to sign in and back to the form with all that was typed; None where it is not kept."""
    match, typed = request.resolver_match, request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    said = typed.urlencode().encode()
    if match is None or match.url_name not in PAGES or len(said) > LARGEST:
        return None
    if count_try(client_address(request.META), NAME):  # a stranger fills no memory
        return None
    token = secrets.token_urlsafe(24)
    try:
        caches["default"].set(_place(request, token), seal_bytes(said), SECONDS)
    except (RedisError, KeyMissing) as error:
        log.warning("typed_not_kept", error=type(error).__name__)
        return None
    answer = redirect_to_login(f"{request.path}?{NAME}=1")
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(NAME, token, SECONDS, secure=secure, httponly=True, samesite="Lax")
    return answer


def again(request: HttpRequest, form_of: Callable[[QueryDict | None], Form]) -> Form:
    """The form, with what this browser had typed here before the sign-in; once it stands there, it is kept no more."""
    typed = _typed(request)
    form = form_of(typed)
    if typed is not None:
        try:
            caches["default"].delete(_place(request, request.COOKIES[NAME][:64]))
        except RedisError as error:
            log.warning("typed_not_let_go", error=type(error).__name__)  # it ends by itself
        messages.info(
            request,
            gettext("What you had typed stands in the form again. Nothing is recorded yet: look, then send it."),
        )
    return form


def _typed(request: HttpRequest) -> QueryDict | None:
    """None where nothing is kept, or where it was given out before."""
    token = request.COOKIES.get(NAME, "")
    if not token or NAME not in request.GET or request.method != "GET":
        return None
    try:
        sealed: Any = caches["default"].get(_place(request, token[:64]))
        return QueryDict(unseal_bytes(sealed)) if sealed else None
    except (RedisError, KeyMissing) as error:
        log.warning("typed_not_given", error=type(error).__name__)
        return None


def _place(request: HttpRequest, token: str) -> str:
    return f"{NAME}:{request.path}:{token}"
