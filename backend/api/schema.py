"""What drf-spectacular cannot see by itself: tokens, problems, and the facts of each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from backend.api.bodies import bodies
from backend.api.problems import CONTENT_TYPE
from backend.api.scoping import Tells
from backend.api.v1.answers import Problem
from backend.cases.correcting import PAPER, REASON
from workflows.catalogue import PAGES
from workflows.facts import Fact
from workflows.profile import PROFILE
from workflows.purposes import Purpose

ALWAYS = (400, 401, 403, 404, 405, 406)
CHANGING = (409, 412, 415, 422, 428, 429)
ASSIGNMENT = OpenApiParameter(
    "X-Chibo-Assignment",
    int,
    OpenApiParameter.HEADER,
    description="The assignment in which you act, if you hold several.",
)
PURPOSE = OpenApiParameter(
    "X-Chibo-Purpose",
    str,
    OpenApiParameter.HEADER,
    enum=Purpose.values,
    description="Why you look, where it is not what your office is for; it is noted with the look.",
)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """Tokens of `POST /api/v1/tokens/`."""

    target_class = "backend.api.sessions.ScopedToken"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <token>"}


class Schema(AutoSchema):
    """Every operation may answer with a problem, and takes the assignment's header where it is signed in."""

    def get_operation_id(self) -> str:
        return f"{type(self.view).__name__[0].lower()}{type(self.view).__name__[1:]}_{self.method.lower()}"

    def get_override_parameters(self) -> list[Any]:
        signed_in = getattr(self.view, "authentication_classes", ())
        noted = self.method == "GET" and getattr(self.view, "tells", None) in {Tells.FILE, Tells.LIST}
        return [
            *super().get_override_parameters(), *([ASSIGNMENT] if signed_in else []), *([PURPOSE] if noted else [])
        ]  # fmt: skip

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in ALWAYS if self.method == "GET" else ALWAYS + CHANGING:
            answer = OpenApiResponse(Problem, description="Problem details")
            bodies[str(status)] = self._get_response_for_code(answer, str(status), [CONTENT_TYPE])  # type: ignore[no-untyped-call]  # untyped library
        return bodies


class PageScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registers itself
    """The cookie of a signed-in page."""

    target_class = "backend.api.sessions.PageSession"
    priority = 1


def facts_of_steps(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: FBT001
    """A component for the facts of each step, derived from the page; requests take any of them."""
    schemas = result["components"]["schemas"]
    names = []
    for page in PAGES:
        for step in page.steps().values():
            names.append(f"Facts.{page.key}.{step.name}")
            schemas[names[-1]] = facts_schema(f"{page.key}: {step.name}", step.facts)
    choice = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in sorted(names)]}
    for name in ("StepRequest", "OpenRequest", "EnterRequest", "BulkSubject"):
        found = schemas.get(f"{name}Request") or schemas.get(name)
        if found:
            found["properties"]["facts"] = choice
    for shape in bodies():
        schemas[shape.__name__]["additionalProperties"] = False
    schemas["VoidRequest"] |= facts_schema("The correction", (REASON, PAPER))
    schemas["EnterRequest"]["properties"]["profile"] = facts_schema("Who it is", PROFILE)
    return result


def facts_schema(title: str, facts: Sequence[Fact]) -> dict[str, Any]:
    """JSON schema of what is asked for."""
    required = [fact.name for fact in facts if fact.required]
    found: dict[str, Any] = {
        "type": "object", "title": title, "additionalProperties": False,
        "properties": {fact.name: fact.schema() for fact in facts},
    }  # fmt: skip
    return found | ({"required": required} if required else {})  # OpenAPI 3.0 knows no empty list here
