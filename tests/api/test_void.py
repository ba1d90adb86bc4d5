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
LOOKED_AT = {"If-Match": '"2"'}
"""The version in which the case stands after the entry."""


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
    answer = as_("deputy").post(address(entry), CORRECTION, headers=LOOKED_AT)
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
        ("secretary", 403), ("auditor", 403), ("other_secretary", 404), ("helper", 403), ("province", 200),
    ):  # fmt: skip
        assert traces() == before
        answer = as_(name).post(address(entry), CORRECTION, headers=LOOKED_AT)
        assert answer.status_code == status, name
    own = as_("secretary").get(f"/api/v1/events/{entry.uid}/")
    assert (own.status_code, own.json()["code"]) == (200, "recognition.proposed")
    assert as_("other_secretary").get(f"/api/v1/events/{entry.uid}/").status_code == 404


def test_what_was_built_on_it_is_listed(as_: Knock, entry: Event) -> None:
    facts = {"decision": paper(ON, "5-QĐ/ĐU"), "body": "standing", "committee_size": 9, "committee_yes": 7}
    place = f"/api/v1/cases/{entry.case_id}/steps/recognise/"
    later = as_("officer").post(place, {"on": ON.isoformat(), "facts": facts}, headers={"If-Match": '"2"'})
    before = traces()
    looked_at = {"If-Match": as_("deputy").get(f"/api/v1/events/{entry.uid}/").headers["ETag"]}
    answer = as_("deputy").post(address(entry), CORRECTION, headers=looked_at)
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (409, PROBLEM, "cannot_void")
    assert answer.json()["blockers"] == [later.json()["event"]]
    assert answer.json()["detail"] == "Đã có những mục sau dựa trên mục này; hãy hủy chúng trước."
    english = as_("deputy").post(address(entry), CORRECTION, headers={**looked_at, "Accept-Language": "en"})
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
    answer = as_("deputy").post(address(entry), body, headers=LOOKED_AT)
    assert answer.status_code == 422
    assert [(one["code"], one["fact"]) for one in answer.json()["unmet"]] == faults
    assert all(one["vi"] and one["en"] and one["vi"] != one["en"] for one in answer.json()["unmet"])
    assert traces() == before


def test_rights_come_before_what_is_wrong_with_the_body(as_: Knock, entry: Event) -> None:
    assert as_("auditor").post(address(entry), {}).status_code == 403
    assert as_("other_secretary").post(address(entry), {}).status_code == 404


def test_the_version_that_was_looked_at_is_named(as_: Knock, entry: Event) -> None:
    """As for steps: 428 without it, 400 in another form, 412 where the case stands in another one; nothing is written."""
    told = as_("deputy").get(f"/api/v1/events/{entry.uid}/")
    assert (told.headers["ETag"], told.json()["version"]) == ('"2"', 2)
    before = traces()
    for headers, status, code in (
        ({}, 428, "precondition_required"), ({"If-Match": "2"}, 400, "invalid"), ({"If-Match": "*"}, 400, "invalid"),
        ({"If-Match": '"1"'}, 412, "stale"), ({"If-Match": '"3"'}, 412, "stale"),
    ):  # fmt: skip
        answer = as_("deputy").post(address(entry), CORRECTION, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), headers
        assert answer.json().get("current_version") == (2 if status == 412 else None)
    assert traces() == before
    facts = {"decision": paper(ON, "5-QĐ/ĐU"), "body": "standing", "committee_size": 9, "committee_yes": 7}
    place = f"/api/v1/cases/{entry.case_id}/steps/recognise/"
    assert as_("officer").post(place, {"on": ON.isoformat(), "facts": facts}, headers=LOOKED_AT).status_code == 200
    before = traces()
    faster = as_("deputy").post(address(entry), CORRECTION, headers=LOOKED_AT)
    assert (faster.status_code, faster.json()["current_version"]) == (412, 3)
    assert faster.json()["detail"] == "Bản hiện tại là số 3; hãy xem điều gì đã thay đổi rồi thử lại."
    assert as_("deputy").get(f"/api/v1/events/{entry.uid}/").headers["ETag"] == '"3"'
    assert traces() == before


def test_the_entry_of_a_member_names_the_members_version(world: World, as_: Knock) -> None:
    """An entry about neither a case nor a member has no version to name."""
    one = world.member("Lê Văn Ất", "import_candidate")
    event = Event.objects.get(subject_kind="member", subject_id=one.pk)
    told = as_("deputy").get(f"/api/v1/events/{event.uid}/")
    assert told.headers["ETag"] == f'"{one.version}"'
    seated = Event.objects.filter(code="assignment.given", unit_id=world.cell.pk).first()
    assert seated is not None
    assert "ETag" not in as_("officer").get(f"/api/v1/events/{seated.uid}/").headers
    answer = as_("officer").post(address(event), CORRECTION, headers={"If-Match": told.headers["ETag"]})
    assert answer.status_code == 200, answer.content


def test_the_same_key_gives_the_same_answer(as_: Knock, entry: Event) -> None:
    headers = {**LOOKED_AT, "Idempotency-Key": "v1"}
    first = as_("deputy").post(address(entry), CORRECTION, headers=headers)
    before = traces()
    assert as_("deputy").post(address(entry), CORRECTION, headers=headers).json() == first.json()
    other = as_("deputy").post(address(entry), {**CORRECTION, "reason": "khác"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "request_key_reused")
    newer = as_("deputy").post(address(entry), CORRECTION, headers={**headers, "If-Match": '"3"'})
    assert (newer.status_code, newer.json()["code"]) == (422, "request_key_reused")
    again = as_("deputy").post(address(entry), CORRECTION, headers={"If-Match": '"3"'})
    assert (again.status_code, again.json()["blockers"]) == (409, first.json()["events"])
    assert traces() == before


def test_what_is_no_entry_of_a_lifecycle_is_not_there(world: World, as_: Knock) -> None:
    seated = Event.objects.filter(code="assignment.given", unit_id=world.cell.pk).first()
    assert seated is not None
    before = traces()
    assert as_("officer").post(address(seated), CORRECTION, headers=LOOKED_AT).status_code == 404
    unknown = "/api/v1/events/01a20e05-1533-7b4d-a764-5881a2eae650/void/"
    assert as_("officer").post(unknown, CORRECTION, headers=LOOKED_AT).status_code == 404
    assert traces() == before
