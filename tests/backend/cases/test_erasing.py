"""A detail that was erased: what still works without it, what is said of it, and what is gone for good."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from backend.audit.followers import follow
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.cases.situation import Readings
from backend.cases.voiding import void
from backend.participation.following import NAME
from backend.participation.models import Attendance
from tests.backend.audit.events import rows
from tests.backend.cases.test_perform import ON, ballot
from tests.roles import as_role
from tests.world import World, make_world, paper
from workflows.voting import Roll

pytestmark = pytest.mark.django_db
REASON: dict[str, Any] = {"reason": "Nhập nhầm", "paper": paper(ON, "3-BB/CB")}
ERASE = "DELETE FROM audit_eventdetail WHERE event_uid = %s RETURNING event_uid"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def meeting(world: World) -> Case:
    """Six official members, of whom one was absent."""
    people = world.members(6)
    return world.meeting(people[:5], ON, absent=people[5:])


def held(meeting: Case) -> Event:
    return Event.objects.get(case_id=meeting.pk, code="meeting.held")


def erase(event: Event) -> None:
    """As docs/log.md says."""
    assert rows(ERASE, [event.uid]) == [(event.uid,)]


def test_a_roll_call_stands_in_the_detail_alone_and_is_read_from_there(world: World, meeting: Case) -> None:
    event = held(meeting)
    assert event.facts["roll_call"] == meeting.facts["roll_call"] == {"present": 5, "unexcused": 1}
    assert sorted(EventDetail.objects.get(event_uid=event.uid).data["facts"]["roll_call"].values()) == [
        *["present"] * 5, "unexcused",
    ]  # fmt: skip
    assert Readings().roll_at(world.cell.pk, meeting.pk) == Roll(6, present=5)


def test_without_its_roll_call_a_meeting_is_measured_by_the_list_of_the_day(world: World, meeting: Case) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    erase(held(meeting))
    assert Readings().roll_at(world.cell.pk, meeting.pk) is None
    facts = {"resolution": paper(ON), "ballot": ballot(meeting, 4, 1)}
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    assert [one["code"] for one in done["cautions"]] == ["ballot.no_roll_call", "probation.class_missing"]
    sealed = Event.objects.get(uid=done["event"]).facts["ballot"]
    assert sealed == {
        "meeting": meeting.pk, "issued": 5, "collected": 5, "valid": 5, "yes": 4, "no": 1,
        "roll": {"official": 6, "left_out": 0, "suspended": 0, "in_transit": 0, "exempt": 0, "present": None,
                 "unpapered": 0, "denominator": 6},
    }  # fmt: skip


def test_a_void_needs_no_detail_and_brings_none_back(world: World, meeting: Case) -> None:
    before = Case.objects.get(pk=meeting.pk)
    filed = perform(world.actor("secretary"), OnCase(meeting.pk), "file_minutes", {"minutes": paper(ON)}, on=ON)
    erase(held(meeting))
    void(world.actor("deputy"), UUID(filed["event"]), **REASON)
    after = Case.objects.get(pk=meeting.pk)
    assert (after.state, after.facts, after.closed_on) == ("held", before.facts, None)
    assert Readings().roll_at(world.cell.pk, meeting.pk) is None  # who was there is known to nobody any more
    seal_all()
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    report = verify_log()
    assert (report.fault, report.details) == (None, report.events - 1)


def test_a_roll_call_recorded_anew_is_the_one_that_counts(world: World, meeting: Case) -> None:
    first = held(meeting)
    present = [int(one) for one in EventDetail.objects.get(event_uid=first.uid).data["facts"]["roll_call"]]
    void(world.actor("deputy"), first.uid, **REASON)
    assert Readings().roll_at(world.cell.pk, meeting.pk) is None
    facts: dict[str, Any] = {"held_on": ON.isoformat(), "minutes_long": 95}
    roll = dict.fromkeys(present[:4], "present")
    done = perform(world.actor("secretary"), OnCase(meeting.pk), "hold", facts | {"roll_call": roll}, on=ON)
    assert Readings().roll_at(world.cell.pk, meeting.pk) == Roll(6, present=4)
    erase(Event.objects.get(uid=done["event"]))
    assert Readings().roll_at(world.cell.pk, meeting.pk) is None  # never the voided one in its place


def test_attendance_is_not_drawn_from_what_was_erased(world: World, meeting: Case) -> None:
    erase(held(meeting))
    seal_all()
    while follow(NAME):
        pass
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs"])
def test_no_process_erases_by_itself(meeting: Case, role: str) -> None:
    with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows(ERASE, [held(meeting).uid])
    assert EventDetail.objects.filter(event_uid=held(meeting).uid).exists()
