"""What a gate before all pages is: who lacks something is led to where it is got."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class Gate:
    """Middleware; the API has gates of its own (`api.sessions.Admitted`)."""

    passed: Collection[str] = ()
    """Names of pages that stay open."""
    leads: str
    """The name of the page to which it leads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if request.path.startswith("/api/") or (match is not None and match.url_name in self.passed):
            return None
        user = request.user
        return redirect(self.leads) if user.is_authenticated and self.lacks(user) else None

    def lacks(self, user: Any) -> bool:
        """Whether the gate is shut to somebody who signed in."""
        raise NotImplementedError
