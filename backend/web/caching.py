"""Nothing that a view answers is kept on the way: it may be about people, and it is for whoever asked.

A view that says itself what may be kept (the calendar feed: by its reader alone) keeps its word."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers


class NotKept:
    """Middleware behind WhiteNoise, which answers for static files itself: those may be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if "no-cache" not in response.headers.get("Cache-Control", ""):
            patch_cache_control(response, no_store=True, private=True)
        patch_vary_headers(response, ["Cookie", "Authorization"])
        return response
