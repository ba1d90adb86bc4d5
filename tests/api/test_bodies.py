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


def test_a_word_that_cannot_be_chosen_is_answered_with_those_that_can(as_: Knock) -> None:
    """In our own sentence, in both languages, wherever it is asked; never in the library's."""
    said = as_("secretary").get("/api/v1/cases/?lifecycle=nothing").json()["errors"]
    assert [one["field"] for one in said] == ["lifecycle"]
    assert said[0]["detail"].startswith("Không chọn được “nothing” ở đây; hãy chọn một trong: “abroad”, “admission”, ")
    english = as_("secretary").get("/api/v1/units/?level=x", headers={"Accept-Language": "en"}).json()["errors"]
    assert english[0]["detail"].startswith("“x” cannot be chosen here; choose one of: “cell”, “section”, ")


def test_what_is_wrong_with_a_body_as_a_whole_names_no_field(as_: Knock) -> None:
    answer = as_("secretary").post("/api/v1/bulk/steps/", ["no", "object"])
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, [""])
