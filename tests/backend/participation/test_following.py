"""Attendance rows follow the sealed log."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.followers import follow
from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.voiding import void
from backend.participation.following import NAME
from backend.participation.models import Attendance
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    return make_world()


def take_all() -> None:
    seal_all()
    while follow(NAME):
        pass


def test_rows_come_with_the_meeting_and_go_with_its_void(world: World) -> None:
    present, absent = world.members(2)
    meeting = world.meeting([present], ON, absent=[absent])
    assert Attendance.objects.count() == 0  # nothing follows what is not sealed
    take_all()
    rows = Attendance.objects.order_by("member_id").values_list("member_id", "month", "kind", "status", "meeting_id")
    assert list(rows) == [
        (present.pk, date(2026, 11, 1), "regular", "present", meeting.pk),
        (absent.pk, date(2026, 11, 1), "regular", "unexcused", meeting.pk),
    ]
    held = Event.objects.get(code="meeting.held").uid
    void(world.actor("officer"), held, reason="Nhầm cuộc họp", paper=paper(ON))
    take_all()
    assert not Attendance.objects.exists()


def test_a_month_made_good_has_its_rows_too(world: World) -> None:
    (member,) = world.members(1)
    facts = {"kind": "regular", "month": "2026-09-01"}
    opened = perform(world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "make_good", facts, on=ON)
    held = date(2026, 9, 5)
    facts_held = {"held_on": held.isoformat(), "minutes_long": 95, "roll_call": {member.pk: "present"}}
    perform(world.actor("secretary"), OnCase(opened["id"]), "hold", facts_held, on=held)
    take_all()
    rows = Attendance.objects.values_list("member_id", "month", "kind", "status", "meeting_id")
    assert list(rows) == [(member.pk, date(2026, 9, 1), "regular", "present", opened["id"])]
