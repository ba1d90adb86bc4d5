"""Offices whose reminders go to a substitute for some days."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.policy import Actor
from backend.api.bodies import Body
from backend.api.paging import page
from backend.api.scoping import request_key
from backend.api.v1.answers import DayField
from backend.api.v1.lists import CURSOR, page_of
from backend.api.v1.steps import KEY, Stepping
from backend.cases import substituting


class SubstitutionRequest(Body):
    """From which day (without: today) to which last day the substitute gets the letters."""

    since = DayField(required=False)
    until = DayField()


class SubstitutionShape(serializers.Serializer[Any]):
    """An office, the one at the same unit that stands in for it, and the days; null where it is not replaced."""

    assignment_id = serializers.IntegerField()
    office = serializers.CharField()
    unit_id = serializers.IntegerField()
    to = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()


def _may(actor: Actor) -> None:
    substituting.may_be_substituted(actor)


class Substitutions(Stepping):
    @extend_schema(parameters=CURSOR, responses=page_of(SubstitutionShape))
    def get(self, request: Request) -> Response:
        """The offices that are replaced today or later, one's own and (for committees) those below."""
        found, following = page(request, substituting.substituted(self.actor, self.today), ("id",))
        return Response({"results": [substituting.handed_json(one) for one in found], "next": following})

    @extend_schema(parameters=[KEY], request=SubstitutionRequest, responses=SubstitutionShape)
    def post(self, request: Request) -> Response:
        """Hand the reminders of the office in which one acts to its substitute, up to and with a last day."""
        with self.entitled(lambda: _may(self.actor)):
            key, wanted = request_key(request), self.asked_for(request, SubstitutionRequest)
        wanted.pop("on")
        return Response(substituting.substitute(self.actor, **wanted, request_key=key))


class EndSubstitution(Stepping):
    @extend_schema(parameters=[KEY], request=None, responses=SubstitutionShape)
    def post(self, request: Request) -> Response:
        """Take the reminders back before the last day."""
        with self.entitled(lambda: _may(self.actor)):
            key = request_key(request)
        return Response(substituting.end_substitution(self.actor, request_key=key))
