"""Errors outside any view: a problem for programs under /api/, a plain page with one sentence for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from backend.core.db import AWAY, AWAY_CODE, AWAY_SECONDS, is_away
from backend.core.errors import TooOften
from backend.core.keymark import OtherKeys
from backend.core.keyring import KeyMissing

log = structlog.get_logger(__name__)
HEADINGS: dict[str, Promise] = {
    "invalid": _("This cannot be read"),
    "permission_denied": _("You may not do this"),
    "not_found": _("This page cannot be opened"),
    "csrf": _("This page is out of date"),
    "method_not_allowed": _("There is no page here"),
    "too_large": _("More was sent than can be taken"),
    "throttled": _("Please wait a little"),
    AWAY_CODE: _("Chibo cannot be reached just now"),
    KeyMissing.code: _("Part of this page is encrypted"),
    "error": _("Something went wrong"),
}
"""What stands above the sentence, by code."""
NOT_FOUND = gettext_noop(
    "There is no such page, or the office in which you act may not see it. "
    "The address may be wrong, or belong to another office."
)
LOCKED = gettext_noop(
    "This server does not have the key that opens it. Nothing was changed. Tell the people who run Chibo: the key goes back "
    "into CHIBO_FIELD_KEYS."
)
OUT_OF_DATE = gettext_noop(
    "Since it was opened somebody signed in or out in this browser, in another tab perhaps. Nothing was recorded. "
    "Open the page again and fill it in once more."
)

ENDED = gettext_noop("This session was ended elsewhere; sign in again.")
ENDED_WITH_FORM = gettext_noop(
    "This session was ended elsewhere while the form was being sent. "
    "Sign in, then look whether it was recorded before you send it again."
)


def problem(status: int, code: str, sentence: str) -> dict[str, str | int]:
    """The body of a problem that no view raised: its sentence is its title too."""
    return {
        "type": f"urn:chibo:problem:{code}", "title": sentence, "status": status, "code": code, "detail": sentence,
    }  # fmt: skip


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _say(request, 413, "too_large", gettext("More was sent than this page takes. Send a smaller file."))
    if isinstance(exception, SessionInterrupted):
        return signed_out_meanwhile(request)
    return _say(request, 400, "invalid", gettext("The request cannot be read."))


def signed_out_meanwhile(request: HttpRequest) -> HttpResponse:
    """The session was ended elsewhere while the request was being answered: to the page to sign in, and back. What a form
    asked for may be done, so it is not typed again by itself as after a session that had ended before (`kept`)."""
    if _is_for_programs(request):
        return _say(request, 401, "not_authenticated", gettext(ENDED))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)  # a piece of a page stays as it is, as in `acting`
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    answer = redirect_to_login(where_it_stood(request) or "/")
    messages.warning(request, gettext(ENDED_WITH_FORM))
    request._messages.update(answer)  # type: ignore[attr-defined]  # the middleware that does so has had its turn
    return answer


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _say(request, 403, "permission_denied", gettext("You may not do this."))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """What is out of sight and what is not there are told alike."""
    if _is_for_programs(request):
        return _say(request, 404, "not_found", gettext("There is nothing like that here."))
    return _say(request, 404, "not_found", gettext(NOT_FOUND))


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is none any more: somebody signed in or out since, in another tab perhaps. Nothing was done."""
    return _say(request, 403, "csrf", gettext(OUT_OF_DATE), again=where_it_stood(request))


def not_here(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """An address that only takes a form, opened as a page: from the history of a browser, or after signing in again."""
    sentence = gettext(
        "This address only takes what a form sends. Nothing was recorded. Go on from the page with the form."
    )
    said = _say(request, 405, "method_not_allowed", sentence, again="/")
    said.headers["Allow"] = bare.headers["Allow"]
    return said


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Too many tries; `seconds` to wait."""
    said = _say(request, 429, "throttled", gettext("Too many tries. Wait %(seconds)s seconds.") % {"seconds": seconds})
    said.headers["Retry-After"] = str(seconds)
    return said


def away(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached; whether the last change was made is not known."""
    said = _say(request, 503, AWAY_CODE, gettext(AWAY))
    said.headers["Retry-After"] = str(AWAY_SECONDS)
    return said


def other_keys(request: HttpRequest, error: OtherKeys) -> HttpResponse:
    """Nothing was done: the database was not even asked."""
    log.error("key_missing")
    return _say(request, 503, error.code, error.said(), heading=HEADINGS[AWAY_CODE])


class Away:
    """Middleware: a view that could not reach the database, or open what is sealed, is no fault of ours to be logged with
    its traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._get_response(request)
        bare = answer.status_code == 405 and not answer.streaming and not answer.content
        return answer if _is_for_programs(request) or not bare else not_here(request, answer)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, KeyMissing):
            log.error("key_missing")
            said = gettext(LOCKED) if error.message == KeyMissing.sentence else error.said()
            return _say(request, 503, error.code, said)
        if isinstance(error, TooOften):
            return too_many(request, error.seconds)
        return other_keys(request, error) if isinstance(error, OtherKeys) else away(request) if is_away(error) else None


def broken(request: HttpRequest) -> HttpResponse:
    """What was raised outside the views, too (a session that cannot be kept): Django calls this while handling it."""
    error = sys.exc_info()[1]
    if is_away(error):
        return away(request)
    if isinstance(error, OtherKeys):
        return other_keys(request, error)
    log.error(
        "page_error", error=type(error).__name__, exc_info=error
    )  # without the address: people are looked for by it
    sentence = gettext("Nothing was changed. Try again; if it stays so, tell the people who run Chibo.")
    return _say(request, 500, "error", sentence)


def where_it_stood(request: HttpRequest) -> str:
    """The page of ours that a form was sent from; empty where that is not known."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(said)
    inside = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return inside if url_has_allowed_host_and_scheme(inside, None) else ""  # `//elsewhere` as a path is another site


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _say(
    request: HttpRequest, status: int, code: str, sentence: str, again: str = "", heading: Promise | None = None
) -> HttpResponse:
    """`again`: the page that can be opened anew; `heading`: another than that of the code."""
    if _is_for_programs(request):
        body = problem(status, code, sentence)
        return JsonResponse(body, status=status, content_type="application/problem+json")
    request.fault = True  # type: ignore[attr-defined]  # for web.navigation
    words = {"heading": heading or HEADINGS.get(code, HEADINGS["error"]), "sentence": sentence, "again": again}
    return render(request, "web/fault.html", words, status=status)
