"""The closed cases of somebody who was removed: the organisation function sees them, nobody else, until a restoration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.api.conftest import ON, Knock, traces
from tests.api.test_leaving import VOTES, Journey
from tests.leaving import GROUND, REQUEST
from tests.world import World, paper, person
from workflows.offices import RIGHTS, Office, Right

OFFICES = {
    "secretary": Office.CELL_SECRETARY, "deputy": Office.CELL_DEPUTY, "cell_committee": Office.CELL_COMMITTEE,
    "auditor": Office.AUDITOR, "officer": Office.ORGANISATION_OFFICER, "committee": Office.COMMITTEE_SECRETARY,
    "province": Office.ORGANISATION_OFFICER,
}  # fmt: skip
OPEN = ("officer", "committee", "province")
SHUT = ("secretary", "deputy", "cell_committee", "auditor")


@dataclass
class File:
    """A member's file: a withdrawal that came to nothing, a removal that was appealed against, and the appeal."""

    member: Member
    stayed: int
    removal: int
    appeal: int = 0

    @property
    def closed(self) -> set[int]:
        return {self.stayed, self.removal}


@pytest.fixture
def journey(as_: Knock) -> Journey:
    return Journey(as_)


@pytest.fixture
def file(world: World, journey: Journey) -> File:
    """Up to the cell's proposal to remove the member."""
    person("cell_committee", Office.CELL_COMMITTEE, world.cell)
    people = world.members(6)
    member, meeting = people[0], world.meeting(people, ON).pk
    stayed = journey.open("secretary", "withdrawal", "request", member.pk, REQUEST)
    journey.step("secretary", stayed, "stay", notice=paper(ON), reason="Ở lại")
    removal = journey.open("secretary", "removal", "open", member.pk, GROUND)
    journey.step("secretary", removal, "file_self_review", self_review=paper(ON))
    total = {"meeting": meeting, "issued": 6, "collected": 6, "valid": 6, "yes": 4, "no": 2}
    journey.step("secretary", removal, "propose", resolution=paper(ON), ballot=total)
    sweep(date(2026, 12, 15))
    return File(member, stayed, removal)


@pytest.fixture
def removed(journey: Journey, file: File) -> File:
    """Removed and appealed against: the removal's case is closed, the appeal's is open."""
    journey.step("officer", file.removal, "decide", decision=paper(ON), **VOTES)
    journey.step("secretary", file.removal, "hand_over", hand_over=paper(ON), card_collected=True)
    journey.step("officer", file.removal, "appeal", appeal=paper(ON), appeal_to="province")
    file.appeal = Case.objects.get(lifecycle="appeal").pk
    return file


def listed(as_: Knock, who: str, address: str, key: str = "id") -> set[Any]:
    told = as_(who).get(address)
    assert told.status_code == 200, told.json()
    assert told.json()["next"] is None
    return {one[key] for one in told.json()["results"]}


def seen(as_: Knock, who: str, file: File) -> dict[str, Any]:
    """What an office is told of the closed cases through each door; what the removal did to the member is no part of it."""
    rows = f"member={file.member.pk}&limit=200"
    of_cases = {"subject_kind": "case", "subject_id__in": file.closed}
    deadlines = dict(Deadline.objects.filter(**of_cases).values_list("pk", "subject_id"))
    entries = {str(uid): key for uid, key in Event.objects.filter(**of_cases).values_list("uid", "subject_id")}

    def shown(address: str, key: Any) -> bool:
        return bool(as_(who).get(f"/api/v1/{address}/{key}/").status_code == 200)

    def told(address: str) -> set[int]:
        return {entries[uid] for uid in listed(as_, who, f"/api/v1/{address}", "uid") if uid in entries}

    found = {
        "list": listed(as_, who, f"/api/v1/cases/?{rows}") & file.closed,
        "detail": {key for key in file.closed if shown("cases", key)},
        "steps": {key for key in file.closed if shown(f"cases/{key}", "steps")},
        "timeline": told(f"members/{file.member.pk}/timeline/?limit=200"),
        "deadlines": {key for pk, key in deadlines.items() if shown("deadlines", pk)},
        "listed deadlines": {
            key for pk, key in deadlines.items() if pk in listed(as_, who, "/api/v1/deadlines/?limit=200")
        },
    }
    noticed = listed(as_, who, "/api/v1/alerts/ledger/?limit=200", "deadline_id")
    found["ledger"] = {key for pk, key in deadlines.items() if pk in noticed}
    if Right.READ_EVENTS in RIGHTS[OFFICES[who]]:
        found["events"] = told(f"events/?{rows}")
        found["entry"] = {key for uid, key in entries.items() if shown("events", uid)}
        found["by case"] = set.union(*(told(f"events/?case={key}&limit=200") for key in file.closed))
    return found


def test_while_the_member_is_one_everybody_in_scope_sees_the_closed_cases(as_: Knock, file: File) -> None:
    """The control: the same file before the removal."""
    for who in SHUT:
        assert listed(as_, who, f"/api/v1/cases/?member={file.member.pk}") == file.closed
        assert as_(who).get(f"/api/v1/cases/{file.stayed}/").status_code == 200


@pytest.mark.parametrize("who", SHUT)
def test_other_offices_see_the_open_appeal_and_nothing_closed(as_: Knock, removed: File, who: str) -> None:
    assert {door: found for door, found in seen(as_, who, removed).items() if found} == {}
    assert listed(as_, who, f"/api/v1/cases/?member={removed.member.pk}") == {removed.appeal}
    codes = listed(as_, who, f"/api/v1/members/{removed.member.pk}/timeline/", "code")
    assert codes == {"membership.imported_official", "membership.removed", "appeal.taken_in"}
    assert as_(who).get(f"/api/v1/members/{removed.member.pk}/").json()["standing"] == "removed"


@pytest.mark.parametrize("who", OPEN)
def test_the_organisation_function_sees_the_whole_file(as_: Knock, removed: File, who: str) -> None:
    found = seen(as_, who, removed)
    assert found.pop("ledger") == {removed.removal}, "the withdrawal ended before anybody was reminded"
    assert {door: cases for door, cases in found.items() if cases != removed.closed} == {}


def test_nothing_can_be_done_to_what_is_out_of_sight(as_: Knock, journey: Journey, removed: File) -> None:
    """Neither a step nor a void nor an answer to a deadline: all are told as if there were no such case."""
    before = traces()
    entry = Event.objects.get(code="withdrawal.stayed")
    said = {"reason": "Nhập nhầm", "paper": paper(ON)}
    assert journey.ask("secretary", removed.stayed, "stay", notice=paper(ON)).status_code == 404
    match = {"If-Match": f'"{entry.version}"'}
    assert as_("deputy").post(f"/api/v1/events/{entry.uid}/void/", said, headers=match).status_code == 404
    deadline = Deadline.objects.filter(subject_kind="case", subject_id=removed.removal).latest("pk")
    address, looked_at = f"/api/v1/deadlines/{deadline.pk}/acknowledge/", {"If-Match": f'"{deadline.version}"'}
    body = {"working_days": 2, "reason": "Chờ"}
    told = {who: as_(who).post(address, body, headers=looked_at).status_code for who in ("secretary", "officer")}
    assert told == {"secretary": 404, "officer": 422}, "closed"
    assert traces() == before
    assert journey.ask("officer", removed.stayed, "stay", notice=paper(ON)).status_code == 422


def test_the_file_of_a_restored_member_is_an_ordinary_one_again(as_: Knock, journey: Journey, removed: File) -> None:
    journey.step("province", removed.appeal, "annul", restoration=paper(ON))
    for who in (*SHUT, *OPEN):
        own = listed(as_, who, f"/api/v1/cases/?member={removed.member.pk}")
        assert own == {*removed.closed, removed.appeal}, who
