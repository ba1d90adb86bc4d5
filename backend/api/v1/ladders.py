"""The ladders of a unit: its choices among those delivered, and its own; what holds on a day, and since when each does."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.administration import in_reach
from backend.api.bodies import Body
from backend.api.scoping import Tells, request_key
from backend.api.v1.answers import DayField
from backend.api.v1.lists import asked
from backend.api.v1.steps import KEY, Stepping
from backend.api.words import AnyField, LabelField, both
from backend.cases import selectors
from backend.cases.own_ladders import Change, change, change_once, told
from backend.deadlines.titles import TITLES as TITLES_OF_RULES
from backend.organizations.laddering import ladder_called, ladder_history
from workflows.ladders.choosing import Chosen, ladder_title


class LaddersQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="What holds for deadlines due on this day; without it, today.")


class ChosenShape(serializers.Serializer[Any]):
    """The ladder of a rule's deadlines due from a day up to and with another (null: until further notice)."""

    rule = serializers.CharField()
    title = LabelField()
    ladder = serializers.CharField()
    ladder_label = LabelField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    unit_id = serializers.IntegerField(help_text="The unit that settled it.")
    version = serializers.IntegerField(help_text="Of the unit's own ladder for the rule; 0: one of those delivered.")
    rungs = serializers.ListField(
        child=AnyField(),
        help_text="Of a unit's own ladder; else empty.",
    )


class LaddersShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    ladders = ChosenShape(many=True)
    history = ChosenShape(many=True)


class OwnLaddersRequest(Body):
    """A document in the form of docs/ladders.schema.json (`defaults`, `ladders`, `rules`; names of at most 23 letters)."""

    document = serializers.JSONField()
    since = DayField(required=False, help_text="For what is due from this day on; without it, today.")
    reason = serializers.CharField(max_length=500)


class WithdrawnLaddersRequest(Body):
    """Rules that have no ladder of the unit's own any more: what was chosen, a pack's or the delivered one holds again."""

    rules = serializers.ListField(child=serializers.CharField(max_length=40), min_length=1, max_length=100)
    since = DayField(required=False, help_text="For what is due from this day on; without it, today.")
    reason = serializers.CharField(max_length=500)


class VersionShape(serializers.Serializer[Any]):
    rule = serializers.CharField()
    ladder = serializers.CharField()
    version = serializers.IntegerField()
    since = serializers.DateField()


class CountShape(serializers.Serializer[Any]):
    rule = serializers.CharField()
    count = serializers.IntegerField()


class OwnLaddersChanged(serializers.Serializer[Any]):
    """The versions that hold on, and how many open deadlines are reminded otherwise, by rule."""

    unit_id = serializers.IntegerField()
    changed = serializers.BooleanField()
    ladders = VersionShape(many=True)
    deadlines = CountShape(many=True)


class Laddering(Stepping):
    def defined(self, request: Request, unit_id: int) -> Change:
        body = self.wished(request, unit_id, OwnLaddersRequest)
        return Change(body["since"], body["reason"], document=body["document"])

    def wished(self, request: Request, unit_id: int, shape: type[Body]) -> dict[str, Any]:
        """The body, checked; what is wrong with it is told only to whoever administers the unit."""
        with self.entitled(lambda: in_reach(self.actor, unit_id)):
            wanted = self.asked_for(request, shape)
        return {"since": self.today, **wanted}


class UnitLadders(Laddering):
    tells = Tells.NOBODY

    @extend_schema(parameters=[LaddersQuery], responses=LaddersShape)
    def get(self, request: Request, unit_id: int) -> Response:
        """The ladders of reminders chosen for a unit or one above it: what holds for its deadlines, and all there were.

        A rule that is not named here has the ladder that is delivered.
        """
        day = asked(LaddersQuery, request).get("on", self.today)
        unit = get_object_or_404(selectors.units(self.actor), pk=unit_id)
        history: list[dict[str, Any]] = []
        holding: dict[str, Any] = {}
        for one, key in ladder_history(unit):
            history.append(_chosen(one, key))
            if one.on(day):
                holding.setdefault(one.rule, history[-1])
        return Response(LaddersShape({"on": day, "ladders": list(holding.values()), "history": history}).data)

    @extend_schema(parameters=[KEY], request=OwnLaddersRequest, responses=OwnLaddersChanged)
    def post(self, request: Request, unit_id: int) -> Response:
        """Give the unit ladders of its own from a day on, each a new version for its rule; open deadlines follow at once."""
        wanted, key = self.defined(request, unit_id), request_key(request)
        return Response(change_once(self.actor, unit_id, wanted, request_key=key))


class UnitLaddersPreview(Laddering):
    @extend_schema(request=OwnLaddersRequest, responses=OwnLaddersChanged)
    def post(self, request: Request, unit_id: int) -> Response:
        """What giving the unit such ladders would change; nothing is changed."""
        wanted = self.defined(request, unit_id)
        return Response(told(change(self.actor, unit_id, wanted, dry_run=True), wanted.rules()))


class UnitLaddersWithdraw(Laddering):
    @extend_schema(parameters=[KEY], request=WithdrawnLaddersRequest, responses=OwnLaddersChanged)
    def post(self, request: Request, unit_id: int) -> Response:
        """From a day on the unit has no ladders of its own for some rules; open deadlines follow at once."""
        body = self.wished(request, unit_id, WithdrawnLaddersRequest)
        wanted = Change(body["since"], body["reason"], withdrawn=tuple(dict.fromkeys(body["rules"])))
        return Response(change_once(self.actor, unit_id, wanted, request_key=request_key(request)))


def _chosen(one: Chosen, unit_id: int) -> dict[str, Any]:
    labels = {
        "title": both(TITLES_OF_RULES.get(one.rule, one.rule)),
        "ladder_label": both(ladder_title(one.ladder)),
    }
    own = ladder_called(one.ladder) if one.version else None
    return {**vars(one), **labels, "unit_id": unit_id, "rungs": [rung.row() for rung in own.rungs] if own else []}
