"""The rule packs and the ladders of a unit: which hold on a day, and since when each does."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.scoping import Scoped
from backend.api.v1.answers import DayField
from backend.api.v1.lists import asked
from backend.api.words import LabelField, both
from backend.cases import selectors
from backend.deadlines.titles import TITLES as TITLES_OF_RULES
from backend.organizations.settings import ladder_history, pack_history, packs_on
from workflows.ladders.choosing import TITLES, Chosen


class PacksQuery(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="The packs of this day, where the unit stood then; without it, today.")


class TurnedShape(serializers.Serializer[Any]):
    """A pack that is on from a day up to and with another (null: until further notice), turned on for a unit."""

    pack = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    unit_id = serializers.IntegerField()


class PacksShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    packs = serializers.ListField(child=serializers.CharField())
    history = TurnedShape(many=True)


class UnitPacks(Scoped):
    @extend_schema(parameters=[PacksQuery], responses=PacksShape)
    def get(self, request: Request, unit_id: int) -> Response:
        """The rule packs that bound a unit on a day; and the history of those turned on for it, or for a unit above it."""
        day = asked(PacksQuery, request).get("on", self.today)
        unit = get_object_or_404(selectors.units(self.actor), pk=unit_id)
        history = [
            {"pack": one.pack, "since": one.since, "until": one.until, "unit_id": key}
            for one, key in pack_history(unit)
        ]  # fmt: skip
        found = {"on": day, "packs": sorted(packs_on([(unit.pk, day)])[unit.pk, day]), "history": history}
        return Response(PacksShape(found).data)


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
    unit_id = serializers.IntegerField(help_text="The unit that chose it.")


class LaddersShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    ladders = ChosenShape(many=True)
    history = ChosenShape(many=True)


class UnitLadders(Scoped):
    @extend_schema(parameters=[LaddersQuery], responses=LaddersShape)
    def get(self, request: Request, unit_id: int) -> Response:
        """The ladders of reminders chosen for a unit or one above it: what holds for its deadlines, and all there were.

        A rule that is not named here has the ladder that is delivered.
        """
        day = asked(LaddersQuery, request).get("on", self.today)
        unit = get_object_or_404(selectors.units(self.actor), pk=unit_id)
        history = [_chosen(one, key) for one, key in ladder_history(unit)]
        holding: dict[str, Any] = {}
        for one, key in ladder_history(unit):
            if one.on(day):
                holding.setdefault(one.rule, _chosen(one, key))
        return Response(LaddersShape({"on": day, "ladders": list(holding.values()), "history": history}).data)


def _chosen(one: Chosen, unit_id: int) -> dict[str, Any]:
    labels = {
        "title": both(TITLES_OF_RULES.get(one.rule, one.rule)),
        "ladder_label": both(TITLES.get(one.ladder, one.ladder)),
    }
    return {**vars(one), **labels, "unit_id": unit_id}
