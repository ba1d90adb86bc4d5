"""Voiding through the door: by a second person, with reason and paper, and never what something was built on."""

from __future__ import annotations

from typing import Any

import pytest

from backend.audit.models import Event, EventDetail
from backend.cases.models import Case
from tests.api.conftest import ON, Knock, traces
from tests.world import World, paper, person
from workflows.offices import Office

CORRECTION = {"reason": "Nhập nhầm người", "paper": paper(ON, "3-BB/CB")}
PROBLEM = "application/problem+json"


@pytest.fixture
def entry(as_: Knock, proposal: tuple[Case, dict[str, Any]]) -> Event:
    """The proposal, recorded by the secretary."""
    case, facts = proposal
    body = {"on": ON.isoformat(), "facts": facts}
    done = as_("secretary").post(f"/api/v1/cases/{case.pk}/steps/propose/", body, headers={"If-Match": '"1"'})
    return Event.objects.get(uid=done.json()["event"])


def address(entry: Event) -> str:
    return f"/api/v1/events/{entry.uid}/void/"


def test_a_second_person_voids_and_the_case_stands_as_before(as_: Knock, entry: Event) -> None:
    answer = as_("deputy").post(address(entry), CORRECTION)
    assert answer.status_code == 200
    (uid,) = answer.json()["events"]
    assert answer.json() == {"voided": str(entry.uid), "events": [uid]}
    told = as_("deputy").get(f"/api/v1/events/{uid}/").json()
    assert (told["code"], told["voids"], told["label"]["vi"]) == (
        "recognition.voided", str(entry.uid), "Đã hủy mục nhập",
    )  # fmt: skip
    assert Case.objects.get(pk=entry.case_id).state == "probation"
    assert EventDetail.objects.get(event_uid=uid).data["facts"]["reason"] == "Nhập nhầm người"


def test_only_a_second_person_with_the_right_may(world: World, as_: Knock, entry: Event) -> None:
    person("helper", Office.HELPER, world.cell, world.member("Võ Văn Kia").pk)
    before = traces()
    for name, status in (
        ("secretary", 403), ("auditor", 403), ("other_secretary", 404), ("helper", 404), ("province", 200),
    ):  # fmt: skip
        assert traces() == before
        answer = as_(name).post(address(entry), CORRECTION)
        assert answer.status_code == status, name
    own = as_("secretary").get(f"/api/v1/events/{entry.uid}/")
    assert (own.status_code, own.json()["code"]) == (200, "recognition.proposed")
    assert as_("other_secretary").get(f"/api/v1/events/{entry.uid}/").status_code == 404


def test_what_was_built_on_it_is_listed(as_: Knock, entry: Event) -> None:
    facts = {"decision": paper(ON, "5-QĐ/ĐU"), "body": "standing", "committee_size": 9, "committee_yes": 7}
    place = f"/api/v1/cases/{entry.case_id}/steps/recognise/"
    later = as_("officer").post(place, {"on": ON.isoformat(), "facts": facts}, headers={"If-Match": '"2"'})
    before = traces()
    answer = as_("deputy").post(address(entry), CORRECTION)
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (409, PROBLEM, "cannot_void")
    assert answer.json()["blockers"] == [later.json()["event"]]
    assert answer.json()["detail"] == "Đã có những mục sau dựa trên mục này; hãy hủy chúng trước."
    english = as_("deputy").post(address(entry), CORRECTION, headers={"Accept-Language": "en"})
    assert english.json()["detail"] == "Later entries were built on this one; void them first."
    assert traces() == before


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("fact.required", "reason"), ("fact.required", "paper")]),
        (
            {"reason": "", "paper": {}},
            [
                ("fact.required", "reason"),
                *(("fact.required", f"paper.{part}") for part in ("number", "issuer", "date")),
            ],
        ),
        ({"reason": "  ", "paper": 7}, [("fact.required", "reason"), ("fact.bad_paper", "paper")]),
        (
            {"reason": "x" * 2001, "paper": {**paper(ON), "date": "2026-11-03"}},
            [("fact.bad_text", "reason"), ("day.fact_ahead", "paper")],
        ),
    ],
)
def test_all_that_is_wrong_is_said_at_once(
    as_: Knock, entry: Event, body: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    before = traces()
    answer = as_("deputy").post(address(entry), body)
    assert answer.status_code == 422
    assert [(one["code"], one["fact"]) for one in answer.json()["unmet"]] == faults
    assert all(one["vi"] and one["en"] and one["vi"] != one["en"] for one in answer.json()["unmet"])
    assert traces() == before


def test_rights_come_before_what_is_wrong_with_the_body(as_: Knock, entry: Event) -> None:
    assert as_("auditor").post(address(entry), {}).status_code == 403
    assert as_("other_secretary").post(address(entry), {}).status_code == 404


def test_the_same_key_gives_the_same_answer(as_: Knock, entry: Event) -> None:
    headers = {"Idempotency-Key": "v1"}
    first = as_("deputy").post(address(entry), CORRECTION, headers=headers)
    before = traces()
    assert as_("deputy").post(address(entry), CORRECTION, headers=headers).json() == first.json()
    other = as_("deputy").post(address(entry), {**CORRECTION, "reason": "khác"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "request_key_reused")
    again = as_("deputy").post(address(entry), CORRECTION)
    assert (again.status_code, again.json()["blockers"]) == (409, first.json()["events"])
    assert traces() == before


def test_what_is_no_entry_of_a_lifecycle_is_not_there(world: World, as_: Knock) -> None:
    seated = Event.objects.filter(code="assignment.given", unit_id=world.cell.pk).first()
    assert seated is not None
    before = traces()
    assert as_("officer").post(address(seated), CORRECTION).status_code == 404
    unknown = "/api/v1/events/01a20e05-1533-7b4d-a764-5881a2eae650/void/"
    assert as_("officer").post(unknown, CORRECTION).status_code == 404
    assert traces() == before
