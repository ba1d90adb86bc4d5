"""The schema as a file, YAML or JSON: by `?format=`, else by what `Accept` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from backend.api.bodies import OneOf
from backend.api.queries import Declared
from backend.api.v1.lists import asked


class Yaml(OpenApiYamlRenderer):
    """The schema as YAML; a problem as JSON."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        if renderer_context and renderer_context["response"].exception:
            return JSONRenderer().render(data)
        return super().render(data, accepted_media_type, renderer_context)  # type: ignore[no-untyped-call]  # untyped library


class PlainYaml(Yaml):
    media_type = "application/yaml"


class SchemaQuery(serializers.Serializer[Any]):
    format = OneOf(("json", "yaml"), required=False)
    lang = OneOf(settings.LANGUAGES, required=False)


@extend_schema(parameters=[SchemaQuery])
class Schema(Declared, SpectacularAPIView):
    """OpenAPI 3; without a wish YAML."""

    renderer_classes = [Yaml, PlainYaml, OpenApiJsonRenderer2, OpenApiJsonRenderer]

    def get_renderers(self) -> list[BaseRenderer]:
        """Those of the form that the address asks for; all where it asks for none, or for one that is refused."""
        found = super().get_renderers()
        wanted = self.request.GET.get("format")
        return [one for one in found if one.format == wanted] or found

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        asked(SchemaQuery, request)
