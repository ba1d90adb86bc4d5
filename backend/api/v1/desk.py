"""The auditor's desk: extracts of the log with their proofs, and samples that anybody draws again."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import Body, OneOf
from backend.api.rendering import BytesRenderer, CsvRenderer, XlsxRenderer
from backend.api.v1.answers import IdField
from backend.api.v1.asking import EventQuery, question
from backend.api.v1.steps import Stepping
from backend.cases import selectors
from backend.core.db import scoped
from backend.desk.asking import Asked
from backend.desk.extracts import KNOWN, Form, Wanted, extract, sample
from backend.desk.sampling import LARGEST, Draw
from workflows.offices import Right


class FilterRequest(EventQuery, Body):
    """What is looked for: as in the address of the log's list."""


class DrawRequest(Body):
    seed = serializers.CharField(
        max_length=80, trim_whitespace=False, help_text="Any text; stated in public before the sample is drawn."
    )
    size = serializers.IntegerField(min_value=1, max_value=LARGEST)


class ExportRequest(Body):
    """What goes out, and as what; `lines` is the form that `verify/chibo_verify.py` checks."""

    filters = FilterRequest(required=False)
    form = OneOf([one.value for one in Form])
    sample = DrawRequest(required=False, help_text="Only a sample of what is found.")
    head = IdField(required=False, help_text="The size of a signed head; without it, of the newest.")
    details = serializers.BooleanField(
        default=False, help_text="With what stands behind the lines (personal data): names, numbers and issuers, words."
    )
    known = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, max_length=KNOWN,
        help_text="Sizes of heads you have kept: `lines` brings the proof for each, and for the last head of each day.",
    )  # fmt: skip
    language = OneOf(["vi", "en"], default="vi")


class SampleRequest(DrawRequest):
    filters = FilterRequest(required=False)
    head = IdField(required=False, help_text="The size of a signed head; without it, of the newest.")


class DrawnShape(serializers.Serializer[Any]):
    uid = serializers.UUIDField()
    position = serializers.IntegerField(help_text="Its place in the log.")
    key = serializers.CharField(help_text="SHA-256 of seed and uid, in hexadecimal.")


class HeadShape(serializers.Serializer[Any]):
    """The signed head under which everything stands that was drawn from."""

    epoch = serializers.IntegerField()
    size = serializers.IntegerField()
    root = serializers.SerializerMethodField(help_text="In hexadecimal.")  # type: ignore[assignment]  # DRF takes it off

    def get_root(self, row: Any) -> str:
        return str(row.root.hex())


class SampleShape(serializers.Serializer[Any]):
    """A sample with all that is needed to draw it again: the events of the population whose keys come first."""

    seed = serializers.CharField(source="draw.seed")
    size = serializers.IntegerField(source="draw.size")
    head = HeadShape()
    population = serializers.IntegerField(help_text="The number of events that it was drawn from.")
    drawn = DrawnShape(many=True)


class Reading(Stepping):
    """What both share."""

    def question(self, body: dict[str, Any]) -> Asked:
        """What is looked for. Raises ValidationError where a unit is out of sight."""
        with scoped(self.actor.path):
            return question(self.actor, body.get("filters", {}), "filters")


class Exports(Reading):
    renderer_classes = (JSONRenderer, CsvRenderer, XlsxRenderer, BytesRenderer)

    @extend_schema(request=ExportRequest, responses={(200, BytesRenderer.media_type): OpenApiTypes.BINARY})
    def post(self, request: Request) -> StreamingHttpResponse:
        """A part of the log as a table (CSV, XLSX) or as lines with their proofs.

        That it was taken, by whom, what was asked and how much there was, is an entry of the log first; so it is no GET.
        No `Idempotency-Key` is taken: each export is a reading of its own, and told as one.
        """
        selectors.need(self.actor, Right.AUDIT)
        body = self.asked_for(request, ExportRequest)
        wanted = Wanted(
            self.question(body), Form(body["form"]), draw_of(body.get("sample")),
            body.get("head"), body["details"], tuple(body["known"]), body["language"],
        )  # fmt: skip
        made = extract(self.actor, wanted)
        answer = StreamingHttpResponse(made.pieces(), content_type=made.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return answer


class Samples(Reading):
    @extend_schema(request=SampleRequest, responses=SampleShape)
    def post(self, request: Request) -> Response:
        """Draw a sample: the events whose SHA-256(seed ‖ uid) come first; the same on any machine.

        That it was drawn is an entry of the log first; so it is no GET. No `Idempotency-Key` is taken: the same request
        draws the same sample, and each drawing is told.
        """
        selectors.need(self.actor, Right.AUDIT)
        body = self.asked_for(request, SampleRequest)
        made = sample(self.actor, self.question(body), Draw(body["seed"], body["size"]), body.get("head"))
        return Response(SampleShape(made).data)


def draw_of(body: dict[str, Any] | None) -> Draw | None:
    return Draw(body["seed"], body["size"]) if body else None
