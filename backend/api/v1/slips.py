"""Slips of paper for whoever is reached by no channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from backend.api.bodies import OneOf
from backend.api.rendering import PdfRenderer
from backend.api.scoping import Scoped, Tells
from backend.api.v1.answers import IdField
from backend.api.v1.lists import asked
from backend.cases import selectors
from backend.core.errors import NotFound
from backend.reports.slip import printed, slips
from workflows.offices import Right


class SlipQuery(serializers.Serializer[Any]):
    unit = IdField(required=False, help_text="Whose offices must act; without it, one's own.")
    language = OneOf(["vi", "en"], default="vi")


class UnitSlip(Scoped):
    tells = Tells.NOBODY

    renderer_classes = (PdfRenderer, JSONRenderer)

    @extend_schema(parameters=[SlipQuery], responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """One page to print: what a unit's offices must see to, without names; 404 where that is nothing."""
        selectors.need(self.actor, Right.READ)
        wanted: Mapping[str, Any] = asked(SlipQuery, request)
        units = list(selectors.units(self.actor).filter(pk=wanted.get("unit", self.actor.unit_id)))
        found = slips(self.actor, units, self.today)
        if not found:
            raise NotFound
        answer = HttpResponse(printed(found, self.today, wanted["language"]), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{found[0].unit.code}-{self.today}.pdf"'
        return answer
