"""What a case tells of somebody's health: a door of its own, so that nobody reads it by the way, and each reading is noted."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.scoping import Scoped, Tells
from backend.api.v1.shapes import ERASED
from backend.api.words import AnyField
from backend.cases import selectors
from backend.cases.health import health_of


class HealthShape(serializers.Serializer[Any]):
    facts = AnyField(help_text="By name, the newest of each fact about health; nothing for a page that asks for none.")
    erased = serializers.BooleanField(help_text=ERASED)


class CaseHealth(Scoped):
    tells = Tells.FILE

    @extend_schema(responses=HealthShape)
    def get(self, request: Request, case_id: int) -> Response:
        """The ground of an exemption, for offices that take part in it: neither the case nor its entries show it."""
        case = get_object_or_404(selectors.cases(self.actor), pk=case_id)
        told = {"facts": health_of(self.actor, case), "erased": selectors.with_details(case).erased}
        return Response(HealthShape(told).data)
