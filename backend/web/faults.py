"""Errors outside any view: a problem for programs under /api/, a plain page with one sentence for people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext


def problem(status: int, code: str, sentence: str) -> dict[str, str | int]:
    """The body of a problem that no view raised: its sentence is its title too."""
    return {
        "type": f"urn:chibo:problem:{code}", "title": sentence, "status": status, "code": code, "detail": sentence,
    }  # fmt: skip


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _say(request, 400, "invalid", gettext("The request cannot be read."))


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _say(request, 403, "permission_denied", gettext("You may not do this."))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _say(request, 404, "not_found", gettext("There is nothing like that here."))


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Too many tries to sign in; `seconds` to wait."""
    said = _say(request, 429, "throttled", gettext("Too many tries. Wait %(seconds)s seconds.") % {"seconds": seconds})
    said.headers["Retry-After"] = str(seconds)
    return said


def broken(request: HttpRequest) -> HttpResponse:
    sentence = gettext("Nothing was changed. Try again; if it stays so, tell the people who run Chibo.")
    return _say(request, 500, "error", sentence)


def _say(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = problem(status, code, sentence)
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return render(request, "web/fault.html", {"sentence": sentence, "status": status}, status=status)
