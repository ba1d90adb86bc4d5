"""The documentation of the API in a browser: Swagger UI from our own files, its script apart from the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.views import SpectacularSwaggerSplitView

from backend.core.content_policy import HEADER, policy

POLICY = policy(img_src="'self' data:")


class Documentation(SpectacularSwaggerSplitView):
    template_name = "api/documentation.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers[HEADER] = POLICY
        return response
