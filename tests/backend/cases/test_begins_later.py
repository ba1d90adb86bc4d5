"""A leave granted before its first day: the history holds from that day, the log says so, a void gives all of it back."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.models import Event
from backend.cases.engine import NewCase, perform
from backend.cases.rolls import roll_on
from backend.cases.voiding import void
from backend.core import clock
from backend.members.models import Member
from tests.backend.cases.test_away import ON, gone, spells, step
from tests.replaying import replayed
from tests.world import World, make_world, paper
from workflows.voting import Roll

pytestmark = pytest.mark.django_db
GRANTED, LEAVES = date(2026, 9, 25), date(2026, 10, 1)
AHEAD = [("attending", date(2026, 1, 1), LEAVES), ("away", LEAVES, None)]


@pytest.fixture
def world() -> World:
    return make_world()


def test_the_member_counts_up_to_the_day_of_leaving(world: World) -> None:
    member = world.member("Nguyễn Văn Xa")
    gone(world, member)
    assert spells(member) == AHEAD
    event = Event.objects.get(code="membership.went_away")
    assert (event.on_date, event.facts["begins"]) == (GRANTED, {"day": "2026-10-01"})
    assert roll_on(world.cell.pk, date(2026, 9, 30)) == Roll(official=1, left_out=0)
    assert roll_on(world.cell.pk, LEAVES) == Roll(official=1, left_out=1)
    assert replayed() == []


def test_a_suspension_in_between_ends_in_attendance_up_to_that_day(world: World) -> None:
    member, officer = world.member("Nguyễn Văn Xa"), world.actor("officer")
    gone(world, member)
    on, end = date(2026, 9, 26), date(2026, 9, 29)
    clock.move_to(end)
    report = {"report": paper(on)}
    case = perform(world.actor("secretary"), NewCase("discipline", member_id=member.pk), "open", report, on=on)["id"]
    step(officer, case, "suspend", on, suspension=paper(on), away_until="2026-12-31", reason="Vi phạm")
    assert [one[0] for one in spells(member)] == ["attending", "suspended", "suspended"]
    ended = step(officer, case, "end_suspension", end, suspension_end=paper(end))
    assert spells(member)[-3:] == [("suspended", on, end), ("attending", end, LEAVES), ("away", LEAVES, None)]
    assert Member.objects.get(pk=member.pk).away_until == date(2027, 4, 30)
    assert Event.objects.get(code="membership.away_again").facts["begins"] == {
        "day": "2026-10-01", "meanwhile": "attending",
    }  # fmt: skip
    assert replayed() == []
    clock.move_to(ON)
    void(world.actor("committee"), ended["event"], reason="Nhầm", paper=paper(ON))
    assert [one[0] for one in spells(member)] == ["attending", "suspended", "suspended"]
    assert replayed() == []


def test_a_grant_is_voided_with_what_lies_ahead(world: World) -> None:
    member = world.member("Nguyễn Văn Xa")
    gone(world, member)
    granted = Event.objects.get(code="away.granted").uid
    void(world.actor("committee"), granted, reason="Nhầm", paper=paper(ON))
    assert spells(member) == [("attending", date(2026, 1, 1), None)]
    assert replayed() == []
