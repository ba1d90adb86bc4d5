"""What was typed into a form whose session had ended: kept sealed in Redis for a while, and back in the form after the sign-in.

Nobody knows who typed it, so it is for whoever signs in from that page and may open the form; it is given out once. Redis
may lose it.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from redis.exceptions import RedisError

from backend.accounts.attempts import client_address, count_try
from backend.core.keyring import KeyMissing, seal_bytes, unseal_bytes

log = structlog.get_logger(__name__)
NAME = "typed"
"""The name in an address of what was typed."""
PAGES = frozenset({"case-step", "member-step", "member-open", "unit-open", "unit-enter", "meeting"})
"""Forms that take what was typed back."""
SECONDS = 30 * 60
LARGEST = 64 * 1024


def keep(request: HttpRequest) -> str:
    """The address at which the form has again what was typed; empty where it is not kept."""
    match, typed = request.resolver_match, request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    said = typed.urlencode().encode()
    if match is None or match.url_name not in PAGES or len(said) > LARGEST:
        return ""
    if count_try(client_address(request.META), NAME):  # a stranger fills no memory
        return ""
    token = secrets.token_urlsafe(24)
    try:
        caches["default"].set(_place(request, token), seal_bytes(said), SECONDS)
    except (RedisError, KeyMissing) as error:
        log.warning("typed_not_kept", error=type(error).__name__)
        return ""
    return f"{request.path}?{urlencode({NAME: token})}"


def kept(request: HttpRequest) -> QueryDict | None:
    """What was typed here before the sign-in; None where nothing is kept, or where it was given out before."""
    token = request.GET.get(NAME, "")
    if not token or request.method != "GET":
        return None
    place = _place(request, token[:64])
    try:
        sealed: Any = caches["default"].get(place)
        caches["default"].delete(place)
        typed = QueryDict(unseal_bytes(sealed)) if sealed else None
    except (RedisError, KeyMissing) as error:
        log.warning("typed_not_given", error=type(error).__name__)
        return None
    if typed is not None:
        messages.info(
            request,
            gettext("What you had typed stands in the form again. Nothing is recorded yet: look, then send it."),
        )
    return typed


def _place(request: HttpRequest, token: str) -> str:
    return f"{NAME}:{request.path}:{token}"
