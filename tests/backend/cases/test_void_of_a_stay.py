"""The own cell voids what ended a stay elsewhere: the place of the stay, out of its sight, is given back all the same."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.models import Event
from backend.cases.engine import OnMember, perform
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.members.models import Member, NameWord
from tests.backend.cases.test_transfer import far_cell, seen_by, stands, staying, step, world
from tests.roles import as_role
from tests.world import World, paper, person
from workflows.offices import Office

__all__ = ["world"]
pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def guest(world: World) -> Member:
    return world.member("Nguyễn Văn Khách")


def test_a_return_is_voided(world: World, guest: Member) -> None:
    case = staying(world, guest)
    before = stands(guest)
    step(world.actor("far_officer"), case, "introduce_back", ON, introduction_back=paper(ON))
    step(world.actor("secretary"), case, "come_back", ON, introduction_back=paper(ON))
    assert stands(guest)[0] == "attending"
    _void(world, "temporary_transfer.returned")
    assert stands(guest) == before
    assert seen_by(world.actor("far_secretary"), case, guest)[1]


def test_a_death_is_voided(world: World, guest: Member) -> None:
    staying(world, guest)
    before = stands(guest)
    died = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}
    with as_role("chibo_app"):
        perform(world.actor("secretary"), OnMember(guest.pk), "record_death", died, on=ON)
    assert stands(guest)[3:] == (None, None), "who has died stays nowhere"
    _void(world, "membership.died")
    assert stands(guest) == before


def _void(world: World, code: str) -> None:
    second = person("second", Office.CELL_DEPUTY, world.cell)
    with as_role("chibo_app"):
        void(second, Event.objects.get(code=code).uid, reason="Nhầm", paper=paper(date(2026, 11, 3)))
    far = far_cell(world)
    assert Member.objects.get(full_name="Nguyễn Văn Khách").guest_unit_id == far.pk
    assert set(NameWord.objects.values_list("guest_path", flat=True)) == {far.path}
    assert list(replay()) == []
