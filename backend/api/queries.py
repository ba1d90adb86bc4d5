"""What an address may ask for: the query parameters that the schema names for the method, each once.

A mistyped filter (`standng=…`) would give the whole list, and `?dry_run=1` behind an address that knows no such thing would
do what was only to be tried.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.api.bodies import no_such, twice


def declared(view: APIView, method: str) -> tuple[str, ...]:
    """Names of the query parameters that a method of a view takes, as written in its `extend_schema`, sorted."""
    handler = getattr(view, method.lower(), None)
    schema: AutoSchema = getattr(handler, "kwargs", {}).get("schema", AutoSchema)()
    schema.view, schema.method = view, method
    names: set[str] = set()
    one: Any
    for one in schema.get_override_parameters():
        if not isinstance(one, OpenApiParameter):
            names.update(one().fields)
        elif one.location == OpenApiParameter.QUERY:
            names.add(one.name)
    return tuple(sorted(names))


class Declared(APIView):
    """A view that refuses what its address asks for and its schema does not name, before anything is done."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.query_params:
            return
        given = {name: len(values) for name, values in request.query_params.lists()}
        known = declared(self, "GET" if request.method == "HEAD" else str(request.method))
        faults = no_such(sorted(given.keys() - set(known)), known)
        faults |= twice(sorted(name for name in known if given.get(name, 0) > 1))
        if faults:
            raise serializers.ValidationError(faults)
