"""Which scripts, styles and pictures a page may have: our own files alone, nothing written into the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "worker-src 'self'", "img-src data:",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip
"""Content-Security-Policy (level 3)."""
View = Callable[..., HttpResponse]


def own_files_only(view: View) -> View:
    """The view's page under POLICY."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return answered
