"""A member who never came is removed where he should have come: what both sides see, what stands behind, and the void."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core.db import scoped
from backend.core.errors import ChiboError, NotFound, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from backend.organizations.models import Unit
from tests.backend.cases.test_transfer import clocks, introduced, seen_by, spells, stands, step, world
from tests.roles import as_role
from tests.world import World, paper, person
from workflows.offices import Office

__all__ = ["world"]
pytestmark = pytest.mark.django_db
SLIP, REPORTED, DECIDED = date(2026, 9, 14), date(2026, 12, 15), date(2026, 12, 16)
VOTE = {"body": "standing", "committee_size": 9, "committee_yes": 9}


def waited_for(world: World, member: Member) -> int:
    """On the way since 10 September; the slip came on the 14th, and in three months no dossier."""
    case, officer = introduced(world, member), world.actor("far_officer")
    step(officer, case, "receive_slip", SLIP, slip_received_on=SLIP.isoformat())
    step(officer, case, "report_missing", REPORTED, missing_report=paper(REPORTED))
    return case


def remove(world: World, case: int, who: str = "far_committee", on: date = DECIDED) -> None:
    step(world.actor(who), case, "remove", on, decision=paper(on), expulsion_due=False, **VOTE)


def test_removed_where_the_member_should_have_come(world: World) -> None:
    """B32: decided there, kept here: the old cell hands the decision over, and its other open cases ask for their end."""
    member = world.member("Trần Thị Mất", "import_probationary", joined_on="2025-11-20")
    recognition = world.probation(member, date(2025, 11, 20))
    case = waited_for(world, member)
    remove(world, case)
    gone = Member.objects.get(pk=member.pk)
    assert (gone.standing, gone.left_on) == ("removed", DECIDED)
    assert stands(member) == ("attending", world.cell.pk, world.cell.path, None, None)
    removal = Case.objects.get(lifecycle="removal", member=member)
    assert (removal.state, removal.unit_id, removal.number, removal.facts["ground"]) == (
        "decided", world.cell.pk, "XT-2026-0001", "transfer_abandoned",
    )  # fmt: skip
    assert clocks(removal.pk) == {"TASK.HAND_OVER": (date(2026, 12, 23), "open", world.cell.pk)}
    assert clocks(recognition.pk)["PRO.CELL_REVIEW"][1] == "cancelled"
    assert clocks(recognition.pk)["TASK.END_CASE"][1:] == ("open", world.cell.pk)
    assert not Deadline.objects.filter(subject_kind="case", subject_id=case, status="open").exists()
    assert seen_by(world.actor("far_committee"), removal.pk, member) == (False, False)
    assert seen_by(world.actor("far_committee"), case, member)[0], "who ended it keeps it in sight"
    sees = {
        who: [seen_by(world.actor(who), one, member)[0] for one in (case, removal.pk)]
        for who in ("secretary", "committee")
    }
    assert sees == {"secretary": [False, True], "committee": [True, True]}, "closed, it is part of a frozen file"
    told = Event.objects.get(code="membership.removed")
    assert (told.unit_id, told.changes) == (
        world.actor("far_secretary").unit_id,
        {"standing": ["probationary", "removed"], "participation": ["in_transit", "attending"]},
    )
    assert list(replay()) == []


def test_once_removed_the_closed_case_is_shut_where_it_waited_too(world: World) -> None:
    """Of the person, who is the old cell's, that place sees nothing; that the file is a frozen one it learns all the same."""
    far = Unit.objects.get(pk=world.actor("far_officer").unit_id)
    auditor = person("far_auditor", Office.AUDITOR, far)
    member = world.member("Nguyễn Văn Mất")
    case = waited_for(world, member)
    assert seen_by(auditor, case, member) == (True, True)
    remove(world, case)
    assert seen_by(auditor, case, member) == (False, False)
    with as_role("chibo_app"), scoped(auditor.path):
        assert not selectors.events(auditor).filter(subject_kind="case", subject_id=case).exists()
        assert not selectors.deadlines(auditor).filter(subject_kind="case", subject_id=case).exists()


@pytest.mark.parametrize(("who", "error"), [("committee", NotPermitted), ("far_secretary", NotFound)])
def test_nobody_else_removes_it(world: World, who: str, error: type[ChiboError]) -> None:
    """Not the committee of origin, and not the cell there: the turn is its committee's."""
    member = world.member("Nguyễn Văn Mất")
    case = waited_for(world, member)
    before = Event.objects.count(), spells(member)
    with pytest.raises(error):
        remove(world, case, who)
    assert (Event.objects.count(), spells(member)) == before


def test_not_while_the_dossier_may_still_come(world: World) -> None:
    """Three months from the slip: the last day is 14 December."""
    member = world.member("Nguyễn Văn Mất")
    case, officer, last = introduced(world, member), world.actor("far_officer"), date(2026, 12, 14)
    step(officer, case, "receive_slip", SLIP, slip_received_on=SLIP.isoformat())
    step(officer, case, "report_missing", last, missing_report=paper(last))
    before = Event.objects.count()
    with pytest.raises(Refused, match=r"transfer\.dossier_may_come"):
        remove(world, case, on=last)
    assert (Event.objects.count(), stands(member)[0]) == (before, "in_transit")
    remove(world, case, on=date(2026, 12, 15))


def test_it_is_voided_on_both_sides(world: World) -> None:
    member = world.member("Nguyễn Văn Mất")
    case = waited_for(world, member)
    before, history = (stands(member), clocks(case)), spells(member)
    remove(world, case)
    removed = Event.objects.get(code="transfer.name_removed")
    with as_role("chibo_app"):
        void(second(world), removed.uid, reason="Nhầm", paper=paper(DECIDED))
    assert (stands(member), clocks(case)) == before
    assert (Member.objects.get(pk=member.pk).standing, spells(member)) == ("official", history)
    assert not Case.objects.filter(lifecycle="removal", member=member, state="decided").exists()
    assert Spell.objects.filter(member=member, retracted_at=None, standing="removed").count() == 0
    assert list(replay()) == []


def second(world: World) -> Actor:
    """The far committee's officer, who did not record the removal."""
    return world.actor("far_officer")
