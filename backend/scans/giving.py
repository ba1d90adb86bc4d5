"""A scan as it leaves: a file to be saved, which no browser opens as a page of ours."""

from __future__ import annotations

from django.http import HttpResponse

from backend.core.content_policy import HEADER
from backend.scans.keeping import content_of
from backend.scans.models import Scan

TYPES = {Scan.Kind.PDF: "application/pdf", Scan.Kind.JPEG: "image/jpeg", Scan.Kind.PNG: "image/png"}


def as_file(scan: Scan) -> HttpResponse:
    """Under its own kind, with a policy that lets nothing in it run. Raises FileLost."""
    answer = HttpResponse(content_of(scan), content_type=TYPES[Scan.Kind(scan.kind)])
    answer["Content-Disposition"] = f'attachment; filename="{scan.uid}.{scan.kind}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer[HEADER] = "default-src 'none'; sandbox"
    return answer
