"""Scans of papers, where the operator keeps any: sent as they are, given back as files to be saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.rendering import BytesRenderer, PdfRenderer
from backend.api.scoping import Scoped, Tells
from backend.cases import selectors
from backend.scans.giving import TYPES, as_file
from backend.scans.keeping import attach, scans
from backend.scans.models import Scan

CONTENT = "content"
"""Under which name the parser gives the body."""


class ScanShape(serializers.ModelSerializer[Scan]):
    event = serializers.UUIDField(source="event_uid", help_text="The entry of the log that named the paper.")

    class Meta:
        model = Scan
        fields = ["event", "paper", "kind", "size", "added_at", "version"]


class AsItIs(BaseParser):
    """The body itself: no name comes with it, and no more of it is read than a scan may have, and one byte."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        return {CONTENT: stream.read(settings.CHIBO_SCAN_BYTES + 1)}


class CaseScans(Scoped):
    tells = Tells.FILE

    @extend_schema(responses=ScanShape(many=True))
    def get(self, request: Request, case_id: int) -> Response:
        """Which papers of a case have a scan; 404 where no scans are kept here."""
        found = scans(self.actor)
        get_object_or_404(selectors.cases(self.actor), pk=case_id)
        return Response(ScanShape(found.filter(case_id=case_id).order_by("pk"), many=True).data)


class EventScan(Scoped):
    tells = Tells.FILE
    parser_classes = (AsItIs,)
    renderer_classes = (JSONRenderer, PdfRenderer, BytesRenderer)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, uid: UUID, paper: str) -> HttpResponse:
        """The scan of a paper that an entry names, as a file to be saved; 404 where no scans are kept here."""
        scan = get_object_or_404(scans(self.actor), event_uid=uid, paper=paper)
        self.about = {"case_id": scan.case_id, "member_id": scan.case.member_id}
        return as_file(scan)

    @extend_schema(request=dict.fromkeys(TYPES.values(), OpenApiTypes.BINARY), responses=ScanShape)
    def put(self, request: Request, uid: UUID, paper: str) -> Response:
        """Keep the scan of a paper, in the place of one that was there: a PDF, a JPEG or a PNG, by what its bytes are.

        By offices that may take the step which named the paper. The body is the file itself; 404 where no scans are kept.
        """
        sent: Any = request.data
        return Response(ScanShape(attach(self.actor, uid, paper, sent.get(CONTENT, b""))).data)
