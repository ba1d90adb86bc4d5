"""The catalogue of lifecycles: what may happen, for people and programs."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import OneOf
from backend.api.rendering import SvgRenderer
from backend.api.scoping import Scoped, Tells
from backend.api.v1.answers import FactShape, fact_json
from backend.api.v1.lists import asked
from backend.api.words import LabelField, both
from workflows.catalogue import LIFECYCLES
from workflows.drawing import svg
from workflows.law.citing import cited
from workflows.vocabulary import Act, Lifecycle, Step


class PageShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    about = serializers.CharField()
    subject = serializers.CharField()
    number_code = serializers.CharField(allow_blank=True)


class CatalogueShape(serializers.Serializer[Any]):
    results = PageShape(many=True)


class StateShape(serializers.Serializer[Any]):
    field = serializers.CharField()
    state = serializers.CharField()
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    final = serializers.BooleanField()


class StepShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    field = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField(allow_blank=True))
    target = serializers.CharField()
    event = serializers.CharField()
    right = serializers.CharField()
    right_label = LabelField()
    levels = serializers.ListField(child=serializers.CharField(), allow_null=True)
    act = serializers.CharField(allow_blank=True, help_text="Its level is data by date where this is given.")
    basis = serializers.ListField(child=serializers.CharField())
    facts = FactShape(many=True)
    opens = serializers.ListField(child=serializers.CharField())
    closes = serializers.ListField(child=serializers.CharField())


class PageDetailShape(PageShape):
    states = StateShape(many=True)
    steps = StepShape(many=True)


class Catalogue(Scoped):
    tells = Tells.NOBODY

    @extend_schema(responses=CatalogueShape)
    def get(self, request: Request) -> Response:
        """Every lifecycle."""
        return Response({"results": [_page(page) for _, page in sorted(LIFECYCLES.items())]})


class CatalogueDetail(Scoped):
    tells = Tells.NOBODY

    @extend_schema(responses=PageDetailShape)
    def get(self, request: Request, key: str) -> Response:
        """A lifecycle with its states, steps, facts and rights."""
        page = known(key)
        states = [
            {"field": field, "state": value, "label": both(label), "final": value in page.final}
            for field, choices in page.choices().items() for value, label in choices.choices
        ]  # fmt: skip
        return Response({**_page(page), "states": states, "steps": [_step(one) for one in page.steps().values()]})


class DrawingQuery(serializers.Serializer[Any]):
    field = serializers.CharField(default="", help_text="For membership: standing or participation.")
    language = OneOf(["vi", "en"], default="vi")


class Drawing(Scoped):
    tells = Tells.NOBODY

    renderer_classes = (SvgRenderer, JSONRenderer)

    @extend_schema(parameters=[DrawingQuery], responses={(200, "image/svg+xml"): OpenApiTypes.STR})
    def get(self, request: Request, key: str) -> Response:
        """A lifecycle as a picture."""
        wanted = asked(DrawingQuery, request)
        field = wanted["field"]
        if field and field not in known(key).choices():
            raise Http404
        drawn = svg(known(key).key, field, wanted["language"])
        return Response(drawn, content_type="image/svg+xml; charset=utf-8")


def known(key: str) -> type[Lifecycle]:
    if key not in LIFECYCLES:
        raise Http404
    return LIFECYCLES[key]


def _page(page: type[Lifecycle]) -> dict[str, Any]:
    return {
        "key": page.key, "label": both(page.label), "about": page.about, "subject": page.subject,
        "number_code": page.number_code,
    }  # fmt: skip


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name, "label": both(step.label), "field": step.field, "sources": [str(one) for one in step.sources],
        "target": str(step.target), "event": step.code, "right": step.by.value, "right_label": both(step.by.label),
        "levels": None if isinstance(step.at, Act) else [level.value for level in step.at],
        "act": step.at.name if isinstance(step.at, Act) else "", "basis": [cited(one) for one in step.basis],
        "facts": [fact_json(fact) for fact in step.facts],
        "opens": [clock.rule for clock in step.opens], "closes": list(step.closes),
    }  # fmt: skip
