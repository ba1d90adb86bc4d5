"""The newest signed head of the log, to be kept outside: as data, and on a sheet of paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import OneOf
from backend.api.rendering import PdfRenderer
from backend.api.scoping import Scoped, Tells
from backend.api.v1.lists import asked
from backend.audit.exporting import last_head
from backend.cases import selectors
from backend.reports.head_slip import printed
from workflows.offices import Right


class LogHeadShape(serializers.Serializer[Any]):
    """Hashes, keys and signatures in hexadecimal; `text` is what the slip's QR code holds and the verifier takes."""

    epoch = serializers.IntegerField()
    size = serializers.IntegerField()
    root = serializers.CharField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    signed_at = serializers.DateTimeField()
    key_id = serializers.CharField()
    public_key = serializers.CharField()
    signature = serializers.CharField()
    text = serializers.CharField()


class LogHead(Scoped):
    tells = Tells.NOBODY

    @extend_schema(responses=LogHeadShape)
    def get(self, request: Request) -> Response:
        """The newest signed head: how many events the log has, and the root over all of them; 404 before the first."""
        selectors.need(self.actor, Right.READ)
        head = last_head()
        return Response({**head.as_json(), "text": head.as_text()})


class HeadSlipQuery(serializers.Serializer[Any]):
    language = OneOf(["vi", "en"], default="vi")


class HeadSlip(Scoped):
    tells = Tells.NOBODY

    renderer_classes = (PdfRenderer, JSONRenderer)

    @extend_schema(parameters=[HeadSlipQuery], responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """The newest signed head on a sheet to print and keep; 404 before the first."""
        selectors.need(self.actor, Right.READ)
        wanted, head = asked(HeadSlipQuery, request), last_head()
        answer = HttpResponse(printed(head, wanted["language"]), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="chibo-head-{head.epoch}-{head.size}.pdf"'
        return answer
