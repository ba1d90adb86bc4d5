"""A leave that was ended while a suspension lay upon it: what the member does after the suspension was decided by that."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core.errors import CannotVoid
from backend.members.models import Member
from tests.backend.cases.test_away import gone, step
from tests.backend.cases.test_perform import traces
from tests.leaving import REPORT, opened
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
PROOF = {"proof": paper(ON)}
OVER = {"suspension_end": paper(ON)}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def member(world: World) -> Member:
    return world.member("Nguyễn Văn Xa")


def suspended(world: World, member: Member) -> tuple[int, int]:
    """The case of a leave up to 30 April 2027, and the case in which the member was suspended during it."""
    leave = gone(world, member)
    case = opened(world, "discipline", "open", member, REPORT, on=ON)
    step(world.actor("officer"), case, "suspend", ON, suspension=paper(ON), away_until="2026-12-31", reason="Vi phạm")
    return leave, case


def undo(world: World, event: str) -> None:
    with as_role("chibo_app"):
        void(world.actor("committee"), UUID(event), reason="Nhầm", paper=paper(ON))


def stands(member: Member, leave: int) -> tuple[str, date | None, str]:
    now = Member.objects.get(pk=member.pk)
    return now.participation, now.away_until, Case.objects.get(pk=leave).state


def test_the_end_of_the_suspension_is_voided_before_the_end_of_the_leave(world: World, member: Member) -> None:
    leave, case = suspended(world, member)
    ended = perform(world.actor("secretary"), OnCase(leave), "end", PROOF, on=ON)
    lifted = perform(world.actor("officer"), OnCase(case), "end_suspension", OVER, on=ON)
    assert stands(member, leave) == ("attending", None, "ended")
    before = traces()
    with pytest.raises(CannotVoid) as caught, as_role("chibo_app"):
        void(world.actor("committee"), UUID(ended["event"]), reason="Nhầm", paper=paper(ON))
    assert traces() == before
    assert [Event.objects.get(uid=one).code for one in caught.value.blockers] == ["membership.suspension_ended"]
    undo(world, lifted["event"])
    undo(world, ended["event"])
    assert stands(member, leave) == ("suspended", date(2026, 12, 31), "away")
    perform(world.actor("officer"), OnCase(case), "end_suspension", OVER, on=ON)
    assert stands(member, leave) == ("away", date(2027, 4, 30), "away")
    assert replayed() == []


def test_while_the_suspension_lasts_the_end_of_the_leave_is_voided(world: World, member: Member) -> None:
    leave, case = suspended(world, member)
    ended = perform(world.actor("secretary"), OnCase(leave), "end", PROOF, on=ON)
    step(
        world.actor("officer"), case, "extend_suspension", ON, suspension=paper(ON), away_until="2027-01-31", reason="x"
    )
    undo(world, ended["event"])
    assert stands(member, leave) == ("suspended", date(2027, 1, 31), "away")
    assert replayed() == []
