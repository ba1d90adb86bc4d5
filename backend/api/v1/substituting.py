"""Offices whose reminders go to a substitute for some days: handed over by their holder, or by a level above."""

from __future__ import annotations

from itertools import chain
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import Body, OneOf
from backend.api.paging import page
from backend.api.scoping import Tells, request_key
from backend.api.v1.answers import DayField
from backend.api.v1.lists import CURSOR, page_of
from backend.api.v1.steps import KEY, Stepping
from backend.cases import handing, substituting
from workflows.offices import STAND_INS, SUBSTITUTED, Cause, Office


class SubstitutionRequest(Body):
    """From which day (without: today) to which last day the substitute gets the letters."""

    since = DayField(required=False)
    until = DayField()


class HandingRequest(SubstitutionRequest):
    """Whose reminders at the unit go to which other office there (without: the usual one), and why, in one word."""

    office = OneOf(SUBSTITUTED)
    to = OneOf([one.value for one in dict.fromkeys(chain(*STAND_INS.values()))], required=False)
    cause = OneOf(Cause.choices)
    said_on = DayField(
        required=False, help_text="The day on which it was asked for, decided or seen; without it, today."
    )


class HandingBackRequest(Body):
    office = OneOf(SUBSTITUTED)


class SubstitutionShape(serializers.Serializer[Any]):
    """An office, the one at the same unit that stands in for it, and the days; null where it is not replaced."""

    assignment_id = serializers.IntegerField()
    office = serializers.CharField()
    unit_id = serializers.IntegerField()
    to = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()


class Substitutions(Stepping):
    tells = Tells.NOBODY

    @extend_schema(parameters=CURSOR, responses=page_of(SubstitutionShape))
    def get(self, request: Request) -> Response:
        """The offices that are replaced today or later, one's own and (for committees) those below."""
        found, following = page(request, substituting.substituted(self.actor, self.today), ("id",))
        return Response({"results": [substituting.handed_json(one) for one in found], "next": following})

    @extend_schema(parameters=[KEY], request=SubstitutionRequest, responses=SubstitutionShape)
    def post(self, request: Request) -> Response:
        """Hand the reminders of the office in which one acts to its substitute, up to and with a last day."""
        with self.entitled(lambda: substituting.may_be_substituted(self.actor)):
            key, wanted = request_key(request), self.asked_for(request, SubstitutionRequest)
        wanted.pop("on")
        return Response(substituting.substitute(self.actor, **wanted, request_key=key))


class EndSubstitution(Stepping):
    @extend_schema(parameters=[KEY], request=None, responses=SubstitutionShape)
    def post(self, request: Request) -> Response:
        """Take the reminders back before the last day."""
        with self.entitled(lambda: substituting.may_be_substituted(self.actor)):
            key = request_key(request)
        return Response(substituting.end_substitution(self.actor, request_key=key))


class HandedShape(serializers.Serializer[Any]):
    """Each holder of the office."""

    results = SubstitutionShape(many=True)


class UnitSubstitutions(Stepping):
    @extend_schema(parameters=[KEY], request=HandingRequest, responses=HandedShape)
    def post(self, request: Request, unit_id: int) -> Response:
        """Hand the reminders of an office of a unit below to another office there, up to and with a last day."""
        with self.entitled(lambda: handing.may_hand_over(self.actor, unit_id)):
            key, wanted = request_key(request), self.asked_for(request, HandingRequest)
        told = handing.hand_over(
            self.actor, unit_id, Office(wanted["office"]), to=Office(wanted["to"]) if "to" in wanted else None,
            until=wanted["until"], since=wanted.get("since"), cause=Cause(wanted["cause"]), said_on=wanted.get("said_on"),
            request_key=key,
        )  # fmt: skip
        return Response(told)


class EndUnitSubstitution(Stepping):
    @extend_schema(parameters=[KEY], request=HandingBackRequest, responses=HandedShape)
    def post(self, request: Request, unit_id: int) -> Response:
        """Give the reminders back to whoever holds the office, before the last day."""
        with self.entitled(lambda: handing.may_hand_over(self.actor, unit_id)):
            key, wanted = request_key(request), self.asked_for(request, HandingBackRequest)
        return Response(handing.take_back_from(self.actor, unit_id, Office(wanted["office"]), request_key=key))
