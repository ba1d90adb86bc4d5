"""The roll of a meeting's day from the members' history: who counts, who could vote (294-QĐ/TW 9.3.2)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from backend.accounts.policy import Actor
from backend.audit.followers import follow
from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.cases.engine import NewCase, NewMember, OnCase, perform
from backend.cases.rolls import roll_on
from backend.cases.situation import Readings
from backend.core.db import scoped
from backend.core.errors import Refused
from backend.members.models import Member
from backend.participation.following import NAME as ATTENDANCE
from backend.participation.models import Attendance
from tests.roles import as_role
from tests.world import World, enter, make_world, paper
from workflows.voting import Roll

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    return make_world()


def put(member: Member, participation: str) -> Member:
    """A way of taking part that no page of the lifecycles leads to yet: written into the history by its owner."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_spell SET participation = %s WHERE member_id = %s", [participation, member.pk])
    return member


def test_whoever_is_present_counts_and_the_suspended_may_not_vote(world: World) -> None:
    here = world.members(4)
    far = [world.member(f"Lê Xa {n}", participation="away", away_until="2027-01-31") for n in "AB"]
    exempt = [world.member(f"Lê Miễn {n}", participation="exempt") for n in "AB"]
    lapsed = [world.member(f"Lê Bỏ {n}", participation="lapsed") for n in "AB"]
    transit = [put(world.member(f"Lê Chuyển {n}"), "in_transit") for n in "AB"]
    suspended = [put(world.member(f"Lê Đình {n}"), "suspended") for n in "AB"]
    probationer = world.member("Lê Dự Bị", "import_probationary")
    world.member("Lê Nơi Khác", unit=world.other)
    came = [*here[:3], far[0], exempt[0], transit[0], suspended[0], probationer]
    meeting = world.meeting(came, ON, absent=[here[3], *lapsed])
    readings = Readings()
    everybody = {"official": 14, "suspended": 2, "exempt": 2}
    assert readings.roll_at(world.cell.pk, meeting.pk) == Roll(**everybody, left_out=2, in_transit=1, present=6)
    listed = readings.roll_on(world.cell.pk, ON)
    assert listed == Roll(**everybody, left_out=4, in_transit=2, present=None)
    assert (listed.voters, readings.roll_at(world.other.pk, meeting.pk)) == (12, None)


def test_a_guest_is_on_the_roll_call_and_does_not_count(world: World) -> None:
    """294-QĐ/TW 6.3.2: all rights at the temporary place but to vote; counted at the official one."""
    here = world.members(3)
    guest = world.guest("Lê Văn Khách", world.other, world.cell)
    meeting = world.meeting([*here[:2], guest], ON, absent=[here[2]])
    readings = Readings()
    assert readings.roll_at(world.cell.pk, meeting.pk) == Roll(3, present=2)
    assert readings.roll_on(world.cell.pk, ON) == Roll(3, present=None)
    assert readings.roll_on(world.other.pk, ON) == Roll(1, present=None)
    seal_all()
    while follow(ATTENDANCE):
        pass
    kept = Attendance.objects.get(member_id=guest.pk)
    assert (kept.unit_id, kept.status) == (world.cell.pk, "present")


def test_a_roll_call_with_strangers_is_refused_and_leaves_nothing(world: World) -> None:
    here, far = world.members(2), world.member("Lê Văn Xa", unit=world.other)
    month = {"kind": "regular", "month": "2026-11-01"}
    planned = perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", month, on=ON)
    facts = {"held_on": ON.isoformat(), "minutes_long": 95}
    before = Event.objects.count()
    said = []
    for stranger in (far.pk, 10**9):
        roll = {here[0].pk: "present", here[1].pk: "excused", stranger: "present"}
        with pytest.raises(Refused) as refused:
            perform(world.actor("officer"), OnCase(planned["id"]), "hold", facts | {"roll_call": roll}, on=ON)
        said.append([(one.code, one.text("en")) for one in refused.value.answers])
    sentence = "1 on the roll call were neither on this cell's lists on that day nor its guests."
    assert said == [[("meeting.strangers", sentence)]] * 2
    assert Event.objects.count() == before


def test_a_roll_without_official_members_is_not_taken_for_none(world: World) -> None:
    world.members(3)
    probationer = world.member("Lê Dự Bị", "import_probationary")
    meeting = world.meeting([probationer], ON)
    assert Readings().roll_at(world.cell.pk, meeting.pk) == Roll(3, present=0)


def test_the_roll_is_that_of_the_meetings_day(world: World) -> None:
    people = world.members(3)
    late = {"full_name": "Lê Đến Sau", "sex": "f", "born_on": date(1990, 1, 1)}
    enter(NewMember(world.cell.pk, late), "import_official",
          {"roster": paper(date(2026, 10, 20)), "joined_on": "2015-01-05", "official_on": "2016-01-05",
           "participation": "attending"}, date(2026, 10, 20))  # fmt: skip
    before = world.meeting(people, date(2026, 10, 19))
    readings = Readings()
    assert readings.roll_at(world.cell.pk, before.pk) == Roll(3, present=3)
    assert readings.roll_on(world.cell.pk, date(2026, 10, 20)) == Roll(4)


def test_who_was_moved_out_of_sight_since_counts_on_the_day_all_the_same(world: World) -> None:
    here = world.members(3)
    Member.objects.filter(pk=here[0].pk).update(unit=world.province, unit_path=world.province.path)
    with as_role("chibo_app"), scoped(world.cell.path):
        assert not Member.objects.filter(pk=here[0].pk).exists()
        assert roll_on(world.cell.pk, ON) == Roll(3)
