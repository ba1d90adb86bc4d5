"""Whoever came in by mistake goes again, but not once something was recorded because they were there."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.built_on import IDS, facts_of
from backend.cases.engine import OnCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core.db import execute
from backend.core.encoding import dumps
from backend.core.errors import CannotVoid
from backend.dues.recording import Wanted, record_month
from backend.members.models import Member
from backend.participation.following import follow
from backend.participation.models import Attendance
from tests.backend.cases.test_perform import ON, ballot, proposal, traces
from tests.roles import as_role
from tests.world import World, make_world, paper
from workflows.dues import Said
from workflows.electing import Election
from workflows.facts import Fact, MemberRef
from workflows.guards.dues import Answer

pytestmark = pytest.mark.django_db
REASON: dict[str, Any] = {"reason": "Nhập nhầm người", "paper": paper(ON, "3-BB/CB")}
DECISION = {"decision": paper(ON, "5-QĐ/ĐU"), "body": "standing", "committee_size": 9, "committee_yes": 7}


@pytest.fixture
def world() -> World:
    return make_world()


def entry_of(member: Member) -> UUID:
    return Event.objects.get(subject_kind="member", subject_id=member.pk, version=1).uid


def refused(world: World, event: UUID) -> list[str]:
    """What stands in the way, proved to have changed nothing, as the role that the doors use."""
    before = (traces(), EventDetail.objects.count(), Attendance.objects.count())
    with pytest.raises(CannotVoid, match="Later entries were built on this one") as caught, as_role("chibo_app"):
        void(world.actor("committee"), event, **REASON)
    assert (traces(), EventDetail.objects.count(), Attendance.objects.count()) == before
    return [str(uid) for uid in caught.value.blockers]


def goes(world: World, member: Member) -> None:
    with as_role("chibo_app"):
        assert len(void(world.actor("committee"), entry_of(member), **REASON)) == 1
    assert vars(Member.objects.get(pk=member.pk)).items() >= {"standing": "", "full_name": ""}.items()
    seal_all()
    assert verify_log().fault is None


def test_a_meeting_held_before_somebody_came_in_is_not_in_the_way(world: World) -> None:
    case, _, facts = proposal(world)
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    goes(world, world.member("Lê Văn Nhầm"))


@pytest.mark.parametrize("drawn", [False, True])
def test_a_roll_call_that_names_somebody_is_in_the_way_of_their_entry(world: World, drawn: bool) -> None:
    """At once, and when the rows were drawn from it; once it was voided, the person goes."""
    mistaken, other = world.member("Lê Văn Nhầm"), world.member("Võ Thị Tư")
    meeting = world.meeting([mistaken], ON)
    world.meeting([other], date(2026, 10, 5))
    held = Event.objects.get(case_id=meeting.pk, code="meeting.held")
    if drawn:
        follow([held])
        EventDetail.objects.filter(event_uid=held.uid).delete()
        assert Attendance.objects.count() == 1
    assert refused(world, entry_of(mistaken)) == [str(held.uid)]
    void(world.actor("committee"), held.uid, **REASON)
    goes(world, mistaken)


def test_a_ballot_that_counted_an_absent_member_is_in_the_way(world: World) -> None:
    """Nobody called them, and they are one of the seven of whom two thirds had to agree."""
    mistaken = world.member("Lê Văn Nhầm")
    case, _, facts = proposal(world, yes=5)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    roll = Event.objects.get(uid=done["event"]).facts["ballot"]["roll"]
    assert roll["denominator"] == 7
    assert refused(world, entry_of(mistaken)) == [done["event"]]
    goes(world, world.member("Người cùng chi bộ, vào sau"))
    goes(world, world.member("Người chi bộ khác", unit=world.other))
    void(world.actor("committee"), UUID(done["event"]), **REASON)
    goes(world, mistaken)


def test_dues_recorded_for_somebody_are_in_the_way_until_they_are_taken_back(world: World) -> None:
    mistaken, october = world.member("Lê Văn Nhầm"), date(2026, 10, 1)

    def said(what: Said, version: int) -> str:
        wanted = [Wanted(mistaken.pk, Answer(what), version)]
        done = record_month(
            world.actor("secretary"), world.cell.pk, october, wanted, tell=lambda one: {"uid": str(one.event)}, reason="x"
        )  # fmt: skip
        return str(done["uid"])

    recorded = said(Said.UNPAID, 0)
    assert refused(world, entry_of(mistaken)) == [recorded]
    said(Said.WITHDRAWN, 1)
    goes(world, mistaken)


def test_a_case_that_names_somebody_as_helper_is_in_the_way(world: World) -> None:
    mistaken, other = world.member("Lê Văn Nhầm"), world.member("Võ Thị Tư")
    case, _, _ = proposal(world)
    named = [
        perform(world.actor("secretary"), OnCase(case.pk), "name_helper", {"helper": one.pk}, on=ON)["event"]
        for one in (mistaken, other)
    ]
    assert refused(world, entry_of(mistaken)) == named[:1]
    for uid in reversed(named):
        void(world.actor("deputy"), UUID(uid), **REASON)
    goes(world, mistaken)


def test_a_recognition_stands_once_a_ballot_counted_the_new_official_member(world: World) -> None:
    case, meeting, facts = proposal(world)
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    recognised = perform(world.actor("officer"), OnCase(case.pk), "recognise", DECISION, on=ON)["event"]
    second = world.member("Trần Thị Sau", "import_probationary", joined_on="2025-10-30")
    later = world.probation(second, date(2025, 10, 30))
    vote = {"resolution": paper(ON), "ballot": ballot(meeting, 5, 1)}
    done = perform(world.actor("secretary"), OnCase(later.pk), "propose", vote, on=ON)["event"]
    assert Event.objects.get(uid=done).facts["ballot"]["roll"]["denominator"] == 7
    assert refused(world, UUID(recognised)) == [done]
    void(world.actor("committee"), UUID(done), **REASON)
    assert len(void(world.actor("committee"), UUID(recognised), **REASON)) == 2
    assert Case.objects.get(pk=case.pk).state == "proposed"


def test_what_else_happened_to_a_member_is_voided_whoever_named_them(world: World) -> None:
    """Only the entry takes a person away; a lapse leaves them on the lists."""
    member = world.member("Lê Văn Tám")
    lapse = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    done = perform(world.actor("secretary"), OnMember(member.pk), "record_lapse", lapse, on=ON)
    world.meeting([member], ON)
    assert len(void(world.actor("committee"), UUID(done["event"]), **REASON)) == 1


@pytest.mark.parametrize(
    ("fact", "raw"),
    [
        (MemberRef("helper", ""), 7),
        (MemberRef("introducers", "", many=True), [7, 12]),
        (Election("committee_election", ""), {"issued": 9, "collected": 9, "valid": 9,
                                              "winners": [{"member": 7, "votes": 9}, {"member": 12, "votes": 5}]}),
    ],
)  # fmt: skip
def test_every_way_to_name_members_is_read_from_the_log(fact: Fact, raw: Any) -> None:
    kept = dumps(fact.sealed(fact.read(raw)))
    found = execute("SELECT who::bigint FROM jsonb_path_query(%s::jsonb, %s::jsonpath) who", [kept, IDS[fact.kind]])
    assert [one for (one,) in found] == ([7] if raw == 7 else [7, 12])
    assert fact.name in facts_of(fact.kind)["names"]
