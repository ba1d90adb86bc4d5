"""The rule packs of a unit: which hold on a day, and since when each does."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.scoping import Scoped, Tells
from backend.api.v1.answers import DayField
from backend.api.v1.lists import asked
from backend.cases import selectors
from backend.organizations.settings import pack_history, packs_on


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
    tells = Tells.NOBODY

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
