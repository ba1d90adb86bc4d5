"""Which scripts, styles and pictures a page may have, said with every page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backend.core.content_policy import HEADER, policy

POLICY = policy()


class OwnFilesOnly:
    """Middleware: every page stands under POLICY, unless its view has said another one (the API's documentation)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.headers.get("Content-Type", "").startswith(("text/html", "image/svg+xml")):
            response.headers.setdefault(HEADER, POLICY)
        return response
