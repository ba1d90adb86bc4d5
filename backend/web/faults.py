"""Errors outside any view: a problem for programs under /api/, a plain page with one sentence for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from backend.core.db import AWAY, AWAY_CODE, AWAY_SECONDS, is_away

log = structlog.get_logger(__name__)


def problem(status: int, code: str, sentence: str) -> dict[str, str | int]:
    """The body of a problem that no view raised: its sentence is its title too."""
    return {
        "type": f"urn:chibo:problem:{code}", "title": sentence, "status": status, "code": code, "detail": sentence,
    }  # fmt: skip


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _say(request, 413, "too_large", gettext("More was sent than this page takes. Send a smaller file."))
    return _say(request, 400, "invalid", gettext("The request cannot be read."))


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _say(request, 403, "permission_denied", gettext("You may not do this."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of its page: of another site, or of a page that was opened before one signed in anew."""
    sentence = gettext(
        "This form was opened before you signed in anew, or your browser keeps no cookies of this site. Open the page once"
        " more, then send it again."
    )
    return _say(request, 403, "permission_denied", sentence)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _say(request, 404, "not_found", gettext("There is nothing like that here."))


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Too many tries to sign in; `seconds` to wait."""
    said = _say(request, 429, "throttled", gettext("Too many tries. Wait %(seconds)s seconds.") % {"seconds": seconds})
    said.headers["Retry-After"] = str(seconds)
    return said


def away(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached; whether the last change was made is not known."""
    said = _say(request, 503, AWAY_CODE, gettext(AWAY))
    said.headers["Retry-After"] = str(AWAY_SECONDS)
    return said


class Away:
    """Middleware: a view that could not reach the database is no fault of ours to be logged with its traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return away(request) if is_away(error) else None


def broken(request: HttpRequest) -> HttpResponse:
    """What was raised outside the views, too (a session that cannot be kept): Django calls this while handling it."""
    error = sys.exc_info()[1]
    if is_away(error):
        return away(request)
    log.error(
        "page_error", error=type(error).__name__, exc_info=error
    )  # without the address: people are looked for by it
    sentence = gettext("Nothing was changed. Try again; if it stays so, tell the people who run Chibo.")
    return _say(request, 500, "error", sentence)


def _say(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = problem(status, code, sentence)
        return JsonResponse(body, status=status, content_type="application/problem+json")
    request.fault = True  # type: ignore[attr-defined]  # for web.navigation
    return render(request, "web/fault.html", {"sentence": sentence, "status": status}, status=status)
