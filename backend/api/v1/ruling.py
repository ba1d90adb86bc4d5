"""What holds for the whole installation: days of the calendar, and who decides. Read by all, entered at the top."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import Body
from backend.api.paging import paged
from backend.api.scoping import Scoped, Tells, request_key
from backend.api.v1.lists import CURSOR, asked, page_of
from backend.api.v1.ruling_shapes import (
    CalendarDayChanged,
    CalendarDayRequest,
    CalendarDayShape,
    CalendarDayWithdrawal,
    CalendarQuery,
    CompetenceChanged,
    CompetenceList,
    CompetenceQuery,
    CompetenceRequest,
    CompetenceWithdrawal,
    PreviewShape,
)
from backend.api.v1.steps import KEY, Stepping
from backend.cases import ruling
from backend.core import clock
from backend.deadlines.deciding import rows
from backend.deadlines.following import rehearse
from backend.deadlines.models import CalendarDay
from backend.deadlines.overrides import may_rule, set_day
from workflows import law

MOVES = 200
"""Moves that a preview shows; it counts all."""


class Ruling(Stepping):
    """Read by everybody who signs in, whatever the office; changed in an office at the top."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method in SAFE_METHODS:
            super(Scoped, self).initial(request, *args, **kwargs)
            self.today = clock.today()
        else:
            super().initial(request, *args, **kwargs)

    def wished(self, request: Request, shape: type[Body]) -> dict[str, Any]:
        """The body, checked; what is wrong with it is told only to whoever may rule."""
        with self.entitled(lambda: may_rule(self.actor)):
            wanted = self.asked_for(request, shape)
        wanted.pop("on")
        return wanted


class Calendar(Ruling):
    tells = Tells.NOBODY

    @extend_schema(parameters=[CalendarQuery, *CURSOR], responses=page_of(CalendarDayShape))
    def get(self, request: Request) -> Response:
        """The days that were entered, by day, those withdrawn since as well."""
        wanted = asked(CalendarQuery, request)
        names = {"first": "day__gte", "last": "day__lte", "withdrawn": "withdrawn"}
        filters = {names[name]: value for name, value in wanted.items() if value is not None}
        return paged(request, CalendarDay.objects.filter(**filters), ("day",), CalendarDayShape)

    @extend_schema(parameters=[KEY], request=CalendarDayRequest, responses=CalendarDayChanged)
    def post(self, request: Request) -> Response:
        """Enter a day, or enter it anew; the open deadlines it touches move in the background, each with its event."""
        key, wanted = request_key(request), self.wished(request, CalendarDayRequest)
        return Response(ruling.enter_day(self.actor, **wanted, request_key=key))


class CalendarPreview(Ruling):
    @extend_schema(request=CalendarDayRequest, responses=PreviewShape)
    def post(self, request: Request) -> Response:
        """What entering a day would move; nothing is changed."""
        wanted = self.wished(request, CalendarDayRequest)
        found = rehearse(self.actor, lambda: set_day(self.actor, **wanted))
        moves = [move for move in found if move.moves_the_day]
        return Response(PreviewShape({"count": len(moves), "moves": moves[:MOVES]}).data)


class CalendarWithdraw(Ruling):
    @extend_schema(parameters=[KEY], request=CalendarDayWithdrawal, responses=CalendarDayChanged)
    def post(self, request: Request) -> Response:
        """Take back what was entered for a day: it is again what the country's calendar says."""
        key, wanted = request_key(request), self.wished(request, CalendarDayWithdrawal)
        return Response(ruling.take_back_day(self.actor, **wanted, request_key=key))


class Competences(Ruling):
    tells = Tells.NOBODY

    @extend_schema(parameters=[CompetenceQuery], responses=CompetenceList)
    def get(self, request: Request) -> Response:
        """Who decides which act: every row with its days, those withdrawn as well; or what holds on a day."""
        wanted = asked(CompetenceQuery, request)
        found = rows(wanted.get("on"), [wanted["act"]] if "act" in wanted else law.acts())
        return Response(CompetenceList({"results": found}).data)

    @extend_schema(parameters=[KEY], request=CompetenceRequest, responses=CompetenceChanged)
    def post(self, request: Request) -> Response:
        """Settle who decides an act in this installation, over what is delivered."""
        key, wanted = request_key(request), self.wished(request, CompetenceRequest)
        return Response(ruling.decide_who(self.actor, **wanted, request_key=key))


class CompetenceWithdraw(Ruling):
    @extend_schema(parameters=[KEY], request=CompetenceWithdrawal, responses=CompetenceChanged)
    def post(self, request: Request) -> Response:
        """Withdraw what was settled; the delivered table holds again."""
        key, wanted = request_key(request), self.wished(request, CompetenceWithdrawal)
        return Response(ruling.take_back_act(self.actor, **wanted, request_key=key))
