"""The path of a case, and how long cases stand in each state."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import OneOf
from backend.api.scoping import Scoped, Tells, etag
from backend.api.v1.answers import DayField, IdField
from backend.api.v1.lists import asked
from backend.api.v1.places import path_seen
from backend.api.words import LabelField, state_label
from backend.cases import selectors
from backend.desk.paths import path_of, period_of, spent, wrong_period
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office, Right


class StateShape(serializers.Serializer[Any]):
    state = serializers.CharField()
    state_label = serializers.SerializerMethodField()

    @extend_schema_field(LabelField)
    def get_state_label(self, row: Any) -> dict[str, str]:
        return state_label(self.context["lifecycle"], row.state)


class StayShape(StateShape):
    """A case in one state. `days` counts up to today where it stands there still; where it ended, none."""

    event = serializers.UUIDField(help_text="The entry that led there.")
    step = serializers.CharField()
    office = OneOf(Office.choices)
    office_unit_id = serializers.IntegerField(allow_null=True)
    entered_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    left_on = serializers.DateField(allow_null=True)
    days = serializers.IntegerField()


class PathShape(serializers.Serializer[Any]):
    stays = StayShape(many=True, help_text="In order; entries that were voided count for nothing.")


class SpentShape(StateShape):
    """Days that cases spent in a state: stays that ended in the period, and those that last on its last day."""

    ended = serializers.IntegerField(help_text="Stays that ended in the period.")
    median = serializers.IntegerField(allow_null=True, help_text="Days of the one in the middle of those.")
    longest = serializers.IntegerField(allow_null=True, help_text="Days of the longest of those.")
    still = serializers.IntegerField(help_text="Cases that stand there on the last day.")
    median_still = serializers.IntegerField(allow_null=True, help_text="Days of the one in the middle of those.")
    in_period = serializers.IntegerField(help_text="Days of all stays that fall into the period.")


class TimesShape(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    states = SpentShape(many=True)


class TimesQuery(serializers.Serializer[Any]):
    lifecycle = OneOf(sorted(key for key, page in LIFECYCLES.items() if page.subject == "case"))
    unit = IdField(required=False, help_text="With all below it; without it, all that is in sight.")
    first = DayField(required=False, help_text="Without it, a year before the last day.")
    last = DayField(required=False, help_text="Not after today; without it, today.")


class CasePath(Scoped):
    tells = Tells.FILE

    @extend_schema(responses=PathShape)
    def get(self, request: Request, case_id: int) -> Response:
        """The states that a case went through, each with its entry and its days."""
        case = get_object_or_404(selectors.cases(self.actor), pk=case_id)
        stays = path_of(self.actor, case, self.today)
        shown = PathShape({"stays": stays}, context={"lifecycle": case.lifecycle})
        return Response(shown.data, headers=etag(case.version))


class Times(Scoped):
    tells = Tells.NOBODY

    @extend_schema(parameters=[TimesQuery], responses=TimesShape)
    def get(self, request: Request) -> Response:
        """How long cases of a lifecycle stood in each state, in a period."""
        selectors.need(self.actor, Right.READ_EVENTS)
        wanted = asked(TimesQuery, request)
        period = period_of(wanted.get("first"), wanted.get("last"), self.today)
        if sentence := wrong_period(period, self.today):
            raise serializers.ValidationError({"last": sentence})
        path = path_seen(self.actor, wanted["unit"], "unit") if "unit" in wanted else self.actor.path
        found = spent(self.actor, wanted["lifecycle"], path, period)
        told = {"first": period.first, "last": period.last, "states": found}
        return Response(TimesShape(told, context={"lifecycle": wanted["lifecycle"]}).data)
