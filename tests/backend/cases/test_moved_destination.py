"""The cell to which a member is on the way, or where one stays, goes under another committee: the turn goes along."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.administration import move_unit
from backend.accounts.policy import Actor
from backend.cases.models import Case
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.backend.cases.test_transfer import FAR, clocks, far_cell, introduced, seen_by, stands, staying, step, world
from tests.replaying import replayed
from tests.world import World, paper, person, unit
from workflows.offices import Level, Office

__all__ = ["world"]
pytestmark = pytest.mark.django_db
ON = date(2026, 12, 1)


@pytest.fixture
def third(world: World) -> Unit:
    """Another commune with an officer and a secretary of its committee."""
    third = unit("87.109", "Đảng bộ xã ba", Level.BASE, world.province)
    world.actors |= {
        "third_officer": person("third_officer", Office.ORGANISATION_OFFICER, third),
        "third_committee": person("third_committee", Office.COMMITTEE_SECRETARY, third),
    }
    return third


def moves(world: World, cell: Unit, to: Unit) -> None:
    move_unit(Actor.operator("test"), cell.pk, to.pk, on=ON)


def test_who_was_introduced_is_taken_in_by_the_committee_now_above(world: World, third: Unit) -> None:
    member = world.member("Nguyễn Văn Chuyển")
    case = introduced(world, member)
    moves(world, far_cell(world), third)
    assert Case.objects.get(pk=case).acting_unit_id == third.pk
    assert clocks(case)["TRF.PAPER"][1:] == ("open", third.pk)
    assert seen_by(world.actor("third_officer"), case, member)[0]
    assert not seen_by(world.actor("far_officer"), case, member)[0]
    step(world.actor("third_officer"), case, "take_in", ON, to_unit=FAR)
    step(world.actor("third_officer"), case, "complete", ON, notice_slip=paper(ON))
    assert stands(member)[:2] == ("attending", far_cell(world).pk)
    assert replayed() == []


def test_who_was_taken_in_is_sent_back_by_the_committee_now_above(world: World, third: Unit) -> None:
    member = world.member("Nguyễn Văn Chuyển")
    case = introduced(world, member)
    step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
    moves(world, far_cell(world), third)
    assert clocks(case)["TRF.PAPER"][1:] == ("met", third.pk), "who stood above sees none"
    assert clocks(case)["TASK.NOTICE_SLIP"][1:] == ("open", third.pk)
    step(world.actor("third_officer"), case, "send_back", ON, notice=paper(ON), reason="Không tiếp nhận được")
    assert stands(member)[:2] == ("attending", world.cell.pk)
    assert replayed() == []


def test_a_guest_is_introduced_back_by_the_committee_now_above(world: World, third: Unit) -> None:
    member = world.member("Nguyễn Văn Khách")
    case = staying(world, member)
    moves(world, far_cell(world), third)
    step(world.actor("third_officer"), case, "introduce_back", ON, introduction_back=paper(ON))
    step(world.actor("secretary"), case, "come_back", ON, introduction_back=paper(ON))
    assert Member.objects.get(pk=member.pk).participation == "attending"
    assert replayed() == []


def test_the_old_cell_moves_away_from_the_destination_that_stays(world: World, third: Unit) -> None:
    """Both cells lay in one commune: the destination's committee keeps its turn and its deadlines."""
    member = world.member("Nguyễn Văn Chuyển")
    case = introduced(world, member, to=world.other.code)
    moves(world, world.cell, third)
    assert Case.objects.get(pk=case).acting_unit_id == world.commune.pk
    assert clocks(case)["TRF.PAPER"][1:] == ("open", world.commune.pk)
    assert replayed() == []
