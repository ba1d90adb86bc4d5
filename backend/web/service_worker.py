"""The service worker, at the site's root: from there, and from nowhere below, it may act for every page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

SOURCE = Path(__file__).parent / "static" / "web" / "service-worker.js"


@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """For everybody: browsers ask for a newer one by themselves, signed in or not."""
    answer = HttpResponse(_source(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()
