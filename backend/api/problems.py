"""Every error the API gives, as problem details (RFC 9457): one sentence, a stable code, and each unmet condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext, gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend.cases.orders import answer_json
from backend.core import errors
from backend.core.db import AWAY, AWAY_CODE, AWAY_SECONDS, is_away
from backend.core.keymark import OtherKeys
from backend.core.keyring import KeyMissing
from workflows.answers import Answer

CONTENT_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)

TITLES = {
    "not_found": gettext_lazy("Not found"),
    "not_permitted": gettext_lazy("Not permitted"),
    "stale": gettext_lazy("Somebody was faster"),
    "refused": gettext_lazy("Conditions are not met"),
    "request_key_reused": gettext_lazy("The request key was used before"),
    "precondition_required": gettext_lazy("The version is missing"),
    "invalid": gettext_lazy("The request cannot be read"),
    "not_authenticated": gettext_lazy("Sign in first"),
    "authentication_failed": gettext_lazy("Sign in first"),
    "permission_denied": gettext_lazy("Not permitted"),
    "second_factor_required": gettext_lazy("Set up a second factor first"),
    "token_read_only": gettext_lazy("Not permitted"),
    "second_factor_code": gettext_lazy("Show the second factor too"),
    "password_must_change": gettext_lazy("Choose a password of your own first"),
    "method_not_allowed": gettext_lazy("This cannot be done here"),
    "not_acceptable": gettext_lazy("This form of answer is not offered"),
    "unsupported_media_type": gettext_lazy("Send JSON"),
    "throttled": gettext_lazy("Too many tries"),
    "too_large": gettext_lazy("The request is too large"),
    "cannot_void": gettext_lazy("It cannot be voided"),
    "date_not_movable": gettext_lazy("The business date stands"),
    "unchanged": gettext_lazy("Nothing to change"),
    "key_missing": gettext_lazy("A key is missing on this server"),
    AWAY_CODE: gettext_lazy("The database is away"),
    "error": gettext_lazy("Something went wrong here"),
}
STATUS: dict[type[errors.ChiboError], int] = {
    errors.NotFound: 404,
    errors.NotPermitted: 403,
    errors.Stale: 412,
    errors.Refused: 422,
    errors.KeyReused: 422,
    errors.CannotVoid: 409,
    errors.TooOften: 429,
    KeyMissing: 503,
}


class PreconditionRequired(exceptions.APIException):
    """A change without `If-Match`: nobody may change what they have not seen."""

    status_code = 428
    default_detail = gettext_lazy('Send the version you looked at: If-Match: "<version>".')
    default_code = "precondition_required"


class TooManyTries(exceptions.APIException):
    """Tries to sign in, until some seconds have passed."""

    status_code = 429
    default_code = "throttled"

    def __init__(self, seconds: int) -> None:
        super().__init__(gettext("Too many tries. Wait %(seconds)s seconds.") % {"seconds": seconds})
        self.wait = seconds


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """The body of a problem; `more` are its extension members."""
    title = str(TITLES.get(code) or HTTPStatus(status).phrase)
    return {
        "type": f"urn:chibo:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }


def of_error(error: errors.ChiboError, on: date | None = None) -> dict[str, Any]:
    """A problem from one of Chibo's own errors; `on` is the legal day that selects the version of the law."""
    status = next((number for kind, number in STATUS.items() if isinstance(error, kind)), 422)
    more: dict[str, Any] = {}
    detail = error.said()
    if isinstance(error, errors.Stale):
        more["current_version"] = error.current
    if isinstance(error, errors.Refused):
        more["unmet"] = unmet(error.answers, on)
        detail = gettext("The step was not done; every unmet condition is listed.")
    if isinstance(error, errors.CannotVoid):
        more["blockers"] = [str(one) for one in error.blockers]
    return problem(status, error.code, detail, **more)


def unmet(answers: Sequence[Answer], on: date | None = None) -> list[dict[str, Any]]:
    """Refusals or cautions in both languages, each with its legal basis and what to do about it."""
    return [answer_json(answer, on) for answer in answers]


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's hook: whatever was raised becomes a problem. What nobody expected is logged and answered without details."""
    set_rollback()
    headers: dict[str, str] = {}
    if isinstance(error, errors.ChiboError):
        body = of_error(error, getattr(context.get("view"), "legal_day", None))
        headers = {"Retry-After": str(error.seconds)} if isinstance(error, errors.TooOften) else {}
    elif isinstance(error, Http404):
        body = problem(404, "not_found", gettext("There is nothing like that here."))
    elif isinstance(error, PermissionDenied):
        body = problem(403, "permission_denied", gettext("You may not do this."))
    elif isinstance(error, RequestDataTooBig):
        body = problem(413, "too_large", gettext("The request is too large; send it in parts."))
    elif isinstance(error, exceptions.APIException):
        body = _of_api(error)
        headers = _headers(error)
    elif isinstance(error, OtherKeys):
        log.error("key_missing")
        body = problem(503, error.code, error.said())
    elif is_away(error):
        log.warning("database_away", error=type(error).__name__)
        body = problem(503, AWAY_CODE, gettext(AWAY))
        headers = {"Retry-After": str(AWAY_SECONDS)}
    else:
        body = _unexpected(error, context.get("request"))
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _of_api(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = _fields(error.detail)
        return problem(400, "invalid", gettext("Some of what was sent cannot be used; see errors."), errors=fields)
    codes = error.get_codes()
    code = "invalid" if isinstance(error, exceptions.ParseError) else str(codes)
    return problem(error.status_code, code, str(error.detail))


def _fields(detail: Any, where: str = "") -> list[dict[str, str]]:
    """One entry per fault, with the path of the field (`subjects.0.version`)."""
    if isinstance(detail, Mapping):
        return [one for key, value in detail.items() for one in _fields(value, f"{where}.{key}".lstrip("."))]
    if isinstance(detail, list):
        nested = [
            _fields(value, f"{where}.{place}".lstrip(".") if isinstance(value, Mapping | list) else where)
            for place, value in enumerate(detail)
        ]
        return [one for part in nested for one in part]
    return [{"field": where.removesuffix("non_field_errors").removesuffix("."), "detail": str(detail)}]


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]  # set by DRF where it knows one
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]  # on Throttled only
    return headers


def _unexpected(error: Exception, request: Any) -> dict[str, Any]:
    log.error("api_error", error=type(error).__name__, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return problem(
        500, "error", gettext("Nothing was changed. Try again; if it stays so, tell the people who run Chibo.")
    )
