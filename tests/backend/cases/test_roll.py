"""The roll of a meeting's day from the members' history: who counts, who could vote (294-QĐ/TW 9.3.2)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from backend.cases.engine import NewMember
from backend.cases.situation import Readings
from backend.members.models import Member
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
