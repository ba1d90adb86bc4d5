"""Whether the installation itself is well, for everybody who signs in: no unit and no person stands in it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.alerts.health import look
from backend.api.queries import Declared


class PartShape(serializers.Serializer[Any]):
    """One part: when it last moved, how many wait for it, and whether it is stuck."""

    key = serializers.CharField()
    name = serializers.CharField()
    seen_at = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()
    stuck = serializers.BooleanField()


class GapShape(serializers.Serializer[Any]):
    """A time in which nothing was started."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


class StatusShape(serializers.Serializer[Any]):
    """The state of all parts at one moment, with the line for people; `down` is the last time that Chibo was down."""

    at = serializers.DateTimeField()
    line = serializers.CharField()
    well = serializers.SerializerMethodField()
    parts = PartShape(many=True)
    down = GapShape(allow_null=True)

    def get_well(self, health: Any) -> bool:
        return not health.stuck


class Status(Declared):
    """When the deadlines were last checked, and what is stuck."""

    @extend_schema(responses=StatusShape, summary="Whether reminders, letters and the log still run")
    def get(self, request: Request) -> Response:
        return Response(StatusShape(look()).data)
