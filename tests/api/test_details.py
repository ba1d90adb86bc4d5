"""What lines leave out is shown while it is kept, and its erasure is said."""

from __future__ import annotations

from typing import Any

from django.db import connection

from backend.audit.models import Event
from backend.cases.models import Case
from backend.cases.voiding import void
from tests.api.conftest import ON, Knock
from tests.world import World, paper

PAPER = {"number": "12-NQ/CB", "issuer": "Chi bộ ấp Một"}


def propose(as_: Knock, case: Case, facts: dict[str, Any]) -> Any:
    body = {"on": ON.isoformat(), "facts": facts}
    return as_("secretary").post(
        f"/api/v1/cases/{case.pk}/steps/propose/", body, format="json", headers={"If-Match": '"1"'}
    )


def shown(as_: Knock, case: Case) -> list[tuple[Any, Any, bool]]:
    """The paper as the log, the member's timeline and the case show it: what is sealed, what is left out, erased."""
    client = as_("secretary")
    log = client.get("/api/v1/events/", {"case": case.pk, "limit": 1}).json()["results"][0]
    timeline = client.get(f"/api/v1/members/{case.member_id}/timeline/", {"limit": 1}).json()["results"][0]
    detail = client.get(f"/api/v1/cases/{case.pk}/").json()
    return [(one["facts"]["resolution"], one["details"], one["erased"]) for one in (log, timeline, detail)]


def test_number_and_issuer_are_shown_until_they_are_erased(
    world: World, as_: Knock, proposal: tuple[Case, dict[str, Any]]
) -> None:
    case, facts = proposal
    event = propose(as_, case, facts).json()["event"]
    sealed = {"kind": "cell_resolution", "date": "2026-11-02"}
    assert shown(as_, case) == [(sealed, {"resolution": PAPER}, False)] * 3
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_eventdetail WHERE event_uid = %s", [event])
    assert shown(as_, case) == [(sealed, {}, True)] * 3


def test_a_roll_call_is_left_out_of_the_line_and_a_reason_out_of_the_api(world: World, as_: Knock) -> None:
    present, absent = world.members(2)
    meeting = world.meeting([present], ON, absent=[absent])
    client = as_("secretary")
    (held, planned) = client.get("/api/v1/events/", {"case": meeting.pk}).json()["results"]
    assert held["facts"]["roll_call"] == {"present": 1, "unexcused": 1}
    assert held["details"] == {"roll_call": {str(present.pk): "present", str(absent.pk): "unexcused"}}
    assert (planned["details"], planned["erased"]) == ({}, False)
    paper_of_void = {"reason": "Nhập nhầm cuộc họp", "paper": paper(ON)}
    void(world.actor("deputy"), Event.objects.get(case_id=meeting.pk, code="meeting.held").uid, **paper_of_void)
    answer = client.get("/api/v1/events/", {"case": meeting.pk, "limit": 1})
    assert answer.json()["results"][0]["details"] == {"paper": PAPER}
    assert "Nhập nhầm" not in answer.content.decode()
    assert client.get(f"/api/v1/cases/{meeting.pk}/").json()["details"] == {}  # a voided event's are not the case's


def test_the_newest_paper_of_a_name_is_the_cases(world: World, as_: Knock) -> None:
    meeting = world.meeting(world.members(3), ON)
    client, url = as_("secretary"), f"/api/v1/cases/{meeting.pk}/"
    body = {"on": ON.isoformat(), "facts": {"minutes": paper(ON, "7-BB/CB")}}
    client.post(f"{url}steps/file_minutes/", body, format="json", headers={"If-Match": '"2"'})
    details = client.get(url).json()["details"]
    assert details["minutes"] == {**PAPER, "number": "7-BB/CB"}
    assert len(details["roll_call"]) == 3
