"""What was typed into a form whose session had ended: kept sealed in Redis for a while, and back in the form after the sign-in.

Nobody knows who typed it, so it is for the browser that sent it alone, by a cookie, once it is signed in and may open the form;
it is given out once. Redis may lose it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
OF_STEPS = frozenset({"case-step", "member-step", "member-open", "unit-open", "unit-enter", "meeting"})
"""Forms of steps: their views take what was typed back with the version that was looked at (`again`)."""
PLAIN = frozenset({
    "members-bulk", "overview-plans", "invitations", "import-undo", "void", "dues-entry", "substitutions", "law-confirm",
    "competence", "admin-unit", "admin-offices", "admin-hand-over", "admin-packs", "admin-own-packs", "admin-merge",
    "admin-divide", "admin-calendar", "admin-ladder",
})  # fmt: skip
"""Forms whose fields show it by themselves (`forms.Field`), or whose views ask for it (`sent`). None asks for a password."""
PAGES = OF_STEPS | PLAIN
_standing: ContextVar[QueryDict | None] = ContextVar("typed_again", default=None)
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
    back = request.GET.copy()
    back[NAME] = "1"
    answer = redirect_to_login(f"{request.path}?{back.urlencode()}")
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(NAME, token, SECONDS, secure=secure, httponly=True, samesite="Lax")
    return answer


def again(request: HttpRequest, form_of: Callable[[QueryDict | None], Form]) -> Form:
    """The form, with what this browser had typed here before the sign-in; once it stands there, it is kept no more."""
    typed = _typed(request)
    form = form_of(typed)
    if typed is not None:
        _given_out(request)
    return form


@contextmanager
def standing_again(request: HttpRequest) -> Iterator[None]:
    """While a page of plain forms is made: what this browser had typed there before the sign-in stands in them."""
    match = request.resolver_match
    typed = _typed(request) if match is not None and match.url_name in PLAIN else None
    if typed is not None:
        _given_out(request)  # first: the page says so
    token = _standing.set(typed)
    try:
        yield
    finally:
        _standing.reset(token)


def typed_again() -> QueryDict | None:
    """What stands in the forms of the page that is being made; None where nothing was kept."""
    return _standing.get()


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, else what was typed before the sign-in."""
    return request.POST or typed_again()


def _given_out(request: HttpRequest) -> None:
    try:
        caches["default"].delete(_place(request, request.COOKIES[NAME][:64]))
    except RedisError as error:
        log.warning("typed_not_let_go", error=type(error).__name__)  # it ends by itself
    messages.info(
        request, gettext("What you had typed stands in the form again. Nothing is recorded yet: look, then send it.")
    )


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
