"""The base of every view that touches scoped rows: who acts, in which office, and in which transaction.

GET and HEAD run inside one read transaction whose scope is the actor's. Unsafe methods have no outer transaction: the
actor is found in a short one, then the engine opens its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from rest_framework.exceptions import MethodNotAllowed, ParseError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import IntegerField, ValidationError

from backend.accesses.noting import READING, Look, alone, door_of, note, note_attempt
from backend.accounts.acting import actor_for
from backend.accounts.doors import door
from backend.accounts.models import Token, User
from backend.accounts.policy import Actor
from backend.api.problems import PreconditionRequired
from backend.api.queries import Declared
from backend.api.sessions import BOUND
from backend.cases.engine import RequestKey
from backend.core import clock
from backend.core.errors import NotPermitted
from backend.core.ids import BIG
from workflows.purposes import Purpose, purposes_of

_VERSION = re.compile(r'"(\d{1,9})"')
_KEY = re.compile(r"[\x21-\x7e]{1,80}")


class InTransaction(Declared):
    """GET and HEAD in one read transaction."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in READING:
            with transaction.atomic():
                return super().dispatch(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)


class Tells(Enum):
    """Whom the GET of a view tells of, and so what is noted of each look (`backend.accesses`)."""

    FILE = "one member or case: those of the address, or of `about`"
    LIST = "many: one row for all that was given"
    NOBODY = "no member and no case"


class Scoped(InTransaction, GenericAPIView[Any]):
    """A view with `self.actor` and `self.today`; for safe methods the transaction's scope is set to the actor's.

    Whatever a view tells of people is noted in its transaction: a view says by `tells` what that is.
    """

    actor: Actor
    today: date
    purpose: Purpose
    legal_day: date | None = None
    tells: ClassVar[Tells | None] = None
    lists_people: ClassVar[bool] = False
    """Whether the rows of a list are people: a search that found one alone is a look at that person's record."""
    about: Mapping[str, int | None] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        if request.method in READING and answer.status_code == HTTPStatus.NOT_FOUND and hasattr(self, "actor"):
            note_attempt(self.actor, request.resolver_match)  # the transaction that read is over and left nothing
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        chosen = chosen_assignment(request)
        with transaction.atomic():
            self.today = clock.today()
            self.actor = actor_for(user_of(request), chosen, self.today)
        _admit(request, self.actor)
        self.purpose = chosen_purpose(request, self.actor)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if request.method in READING and answer.status_code == 200 and self.tells in {Tells.FILE, Tells.LIST}:
            look = self._look(request, answer)
            if look.count is not None or look.member_id or look.case_id:  # else it is about a unit
                note(self.actor, look, self.purpose)
        return answer

    def _look(self, request: Request, answer: Response) -> Look:
        door = door_of(request.resolver_match)
        if self.tells is Tells.LIST:
            asked = {
                name: value for name, value in request.query_params.dict().items() if name not in {"cursor", "limit"}
            }
            rows = answer.data.get("results", answer.data.get("lines", ()))
            names = asked if rows else {}  # an id that finds nothing is none: it may be somebody's out of sight
            searched = alone([one["id"] for one in rows]) if self.lists_people and "q" in asked else None
            return Look(door, searched or _id(names, "member"), _id(names, "case"), asked, len(rows))
        named = {**self.kwargs, **self.about}
        return Look(door, named.get("member_id"), named.get("case_id"))


def _admit(request: Request, actor: Actor) -> None:
    """What the table of doors says of the office, before anything is looked up. Raises MethodNotAllowed, NotPermitted."""
    method, match = str(request.method), request.resolver_match
    opened = door(match.route, method) if match is not None else None
    if opened is None:
        raise MethodNotAllowed(method)
    if not opened.lets(actor.office):
        raise NotPermitted


def user_of(request: Request) -> User:
    """Who asks, behind a view for people who are signed in."""
    user: User = request.user  # type: ignore[assignment]  # IsAuthenticated
    return user


def chosen_assignment(request: Request) -> int | None:
    """The assignment in which the person wants to act (header X-Chibo-Assignment); a token that is bound to one acts in it.

    Raises ParseError, NotPermitted for another one than the token's.
    """
    bound = request.auth.assignment_id if isinstance(request.auth, Token) else None
    raw = request.headers.get("X-Chibo-Assignment", "").strip()
    if not raw:
        return bound
    if not (raw.isascii() and raw.isdigit() and len(raw) < 20 and int(raw) <= BIG):
        raise ParseError(gettext("%(header)s must be a whole number.") % {"header": "X-Chibo-Assignment"})
    if bound is not None and int(raw) != bound:
        raise NotPermitted(BOUND)
    return int(raw)


def chosen_purpose(request: Request, actor: Actor) -> Purpose:
    """Why the person looks (header X-Chibo-Purpose), else what the office is for. Raises ValidationError."""
    raw = request.headers.get("X-Chibo-Purpose", "").strip()
    offered = purposes_of(actor.office)
    if not raw:
        return offered[0]
    if raw not in offered:
        sentence = gettext("X-Chibo-Purpose must be one of: %(offered)s.") % {"offered": ", ".join(offered)}
        raise ValidationError({"X-Chibo-Purpose": sentence})
    return Purpose(raw)


def _id(asked: Mapping[str, str], name: str) -> int | None:
    """The number that the list's own filter read: ` 7`, `+7` and `7.0` all name the person 7."""
    try:
        number: int = IntegerField().run_validation(asked.get(name))
    except ValidationError:
        return None
    return number


def expected_version(request: Request) -> int:
    """The version in `If-Match: "<version>"`. Raises PreconditionRequired without one, ParseError for another form."""
    raw = request.headers.get("If-Match", "").strip()
    if not raw:
        raise PreconditionRequired
    match = _VERSION.fullmatch(raw)
    if match is None:
        raise ParseError(gettext('If-Match must be the version in quotes, such as "3".'))
    return int(match[1])


def request_key(request: Request) -> RequestKey | None:
    """The `Idempotency-Key` with the hash of what is asked: method, path and body. Raises ParseError."""
    raw = request.headers.get("Idempotency-Key")
    if raw is None:
        return None
    if not _KEY.fullmatch(raw):
        raise ParseError(gettext("Idempotency-Key must be 1 to 80 visible ASCII characters."))
    return RequestKey.of(raw, {"method": request.method, "path": request.path, "body": request.data})


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
