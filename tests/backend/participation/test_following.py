"""Attendance rows follow the sealed log."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.followers import follow
from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
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


def extra(world: World, roll: dict[int, str], on: date) -> Case:
    """A further meeting of the month, after the first one's minutes."""
    secretary, month = world.actor("secretary"), on.replace(day=1).isoformat()
    first = Case.objects.filter(lifecycle="meeting", state="held").latest("pk")
    perform(secretary, OnCase(first.pk), "file_minutes", {"minutes": paper(ON)}, on=ON)
    opened = perform(
        secretary, NewCase("meeting", unit_id=world.cell.pk), "plan", {"kind": "regular", "month": month}, on=ON
    )
    facts = {"held_on": on.isoformat(), "minutes_long": 95, "roll_call": roll}
    perform(secretary, OnCase(opened["id"]), "hold", facts, on=on)
    perform(secretary, OnCase(opened["id"]), "file_minutes", {"minutes": paper(on)}, on=on)
    return Case.objects.get(pk=opened["id"])


def undo(world: World, case: Case, *codes: str) -> None:
    for code in codes:
        event = Event.objects.filter(case_id=case.pk, code=code).latest("id").uid
        void(world.actor("officer"), event, reason="Nhầm cuộc họp", paper=paper(ON))


def kept() -> list[tuple[int, str, int | None]]:
    return list(Attendance.objects.order_by("member_id").values_list("member_id", "status", "meeting_id"))


@pytest.mark.parametrize("step_by_step", [True, False])
def test_the_extra_meeting_speaks_once_the_first_one_is_voided(world: World, step_by_step: bool) -> None:
    """Whether the log is followed after each step, or all of it afterwards."""
    one, other, late = world.members(3)
    later, ran = date(2026, 11, 20), take_all if step_by_step else lambda: None
    first = world.meeting([one], ON, absent=[other])
    ran()
    clock.move_to(later)
    second = extra(world, {one.pk: "unexcused", other.pk: "present", late.pk: "present"}, later)
    ran()
    if step_by_step:
        assert kept() == [
            (one.pk, "present", first.pk), (other.pk, "unexcused", first.pk), (late.pk, "present", second.pk)
        ]  # fmt: skip
    undo(world, first, "meeting.minutes_filed", "meeting.held")
    take_all()
    assert kept() == [
        (one.pk, "unexcused", second.pk),
        (other.pk, "present", second.pk),
        (late.pk, "present", second.pk),
    ]


def test_the_void_of_the_extra_meeting_leaves_the_first_one_s_word(world: World) -> None:
    one, other = world.members(2)
    later = date(2026, 11, 20)
    first = world.meeting([one], ON, absent=[other])
    clock.move_to(later)
    second = extra(world, {one.pk: "unexcused", other.pk: "present"}, later)
    undo(world, second, "meeting.minutes_filed", "meeting.held")
    take_all()
    assert kept() == [(one.pk, "present", first.pk), (other.pk, "unexcused", first.pk)]


def test_two_cells_say_what_each_saw_of_the_same_person(world: World) -> None:
    """A guest is called in both: neither roll hides the other, and the void of one leaves the other's."""
    guest, home, there = world.guest("Lê Văn Khách", world.cell, world.other), *world.members(1), world.member(
        "Trần Văn Hai", unit=world.other)  # fmt: skip
    at_home = world.meeting([home], ON, absent=[guest])
    away = world.meeting([there, guest], ON, unit=world.other)
    take_all()
    mine = Attendance.objects.filter(member_id=guest.pk).order_by("unit_id")
    assert list(mine.values_list("unit_id", "status", "meeting_id")) == [
        (world.cell.pk, "unexcused", at_home.pk), (world.other.pk, "present", away.pk),
    ]  # fmt: skip
    undo(world, at_home, "meeting.held")
    take_all()
    assert list(mine.values_list("unit_id", "status")) == [(world.other.pk, "present")]
