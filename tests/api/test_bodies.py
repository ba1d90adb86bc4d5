"""A field that no body has is refused: a slip in a name must not move a step to another day."""

from __future__ import annotations

from typing import Any

from drf_spectacular.generators import SchemaGenerator

from backend.cases.models import Case
from tests.api.conftest import ON, Knock, traces


def test_a_field_nobody_asks_for_is_named_with_every_other_fault(
    as_: Knock, proposal: tuple[Case, dict[str, Any]]
) -> None:
    case, facts = proposal
    before = traces()
    slip = {"facts": facts, "on_date": ON.isoformat(), "on": "tomorrow"}
    answer = as_("secretary").post(f"/api/v1/cases/{case.pk}/steps/propose/", slip, headers={"If-Match": '"1"'})
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, ["on_date", "on"])
    known = "Ở đây không có “on_date”; có thể hỏi theo: “on”, “facts”."
    assert answer.json()["errors"][0]["detail"] == known
    assert (traces(), Case.objects.get(pk=case.pk).state) == (before, "probation")


def test_the_schema_says_so() -> None:
    found = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    shapes = ("StepRequest", "OpenRequest", "EnterRequest", "BulkRequest", "BulkSubject", "AcknowledgeRequest")
    assert {name: found[name]["additionalProperties"] for name in shapes} == dict.fromkeys(shapes, False)
