"""A temporary cell disciplines its guest: the case stands at the official cell, and each side sees what is its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, perform
from backend.cases.models import Case
from backend.cases.options import Option, member_options
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core.db import scoped
from backend.core.errors import NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from backend.members.today import taking_part
from backend.organizations.models import Unit
from tests.backend.cases.test_transfer import FAR, clocks, seen_by, staying, step, world
from tests.roles import as_role
from tests.world import World, paper, person
from workflows.offices import Office

__all__ = ["world"]
pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def guest(world: World) -> Member:
    member = world.member("Nguyễn Văn Khách")
    staying(world, member)
    return member


def decide(who: Actor, member: Member, **facts: Any) -> int:
    told = {"decision": paper(ON), "form": "warning", "at_unit": FAR, **facts}
    with as_role("chibo_app"):
        case: int = perform(who, NewCase("discipline", member_id=member.pk), "decide_there", told, on=ON)["id"]
    return case


def offered(who: Actor, member: Member, name: str) -> Option:
    with as_role("chibo_app"), scoped(who.path):
        _, options = member_options(who, member.pk, ON)
    (found,) = [one for one in options if one.step.lifecycle == "discipline" and one.step.name == name]
    return found


def test_the_case_stands_at_the_official_cell(world: World, guest: Member) -> None:
    """B34: recorded there, noted here; the log of each side keeps what that side did."""
    far, own = world.actor("far_secretary"), world.actor("secretary")
    case = decide(far, guest)
    kept = Case.objects.get(pk=case)
    assert (kept.state, kept.unit_id, kept.acting_unit_id, kept.number) == (
        "notified", world.cell.pk, world.cell.pk, "KL-2026-0001",
    )  # fmt: skip
    assert clocks(case) == {"TASK.NOTE_DISCIPLINE": (date(2026, 11, 16), "open", world.cell.pk)}
    assert seen_by(own, case, guest) == (True, True)
    assert seen_by(far, case, guest) == (False, True), "what the official cell does with it is its own"
    assert Event.objects.get(code="discipline.decided_there").unit_id == far.unit_id
    step(own, case, "note", date(2026, 11, 10), notice=paper(date(2026, 11, 9)))
    assert Case.objects.get(pk=case).state == "other_form"
    assert clocks(case)["TASK.NOTE_DISCIPLINE"][1] == "met"
    assert list(replay()) == []


def test_beside_a_case_of_the_official_cell(world: World, guest: Member) -> None:
    """One violation does not wait for another."""
    with as_role("chibo_app"):
        perform(
            world.actor("secretary"), NewCase("discipline", member_id=guest.pk), "open", {"report": paper(ON)}, on=ON
        )
    decide(world.actor("far_secretary"), guest)
    assert sorted(Case.objects.filter(lifecycle="discipline").values_list("state", flat=True)) == ["notified", "opened"]


def test_only_the_temporary_cell_may(world: World, guest: Member) -> None:
    before = Event.objects.count()
    for name in ("secretary", "officer"):
        with pytest.raises(NotPermitted):
            decide(world.actor(name), guest)
        assert [one.code for one in offered(world.actor(name), guest, "decide_there").refusals] == [
            "engine.not_permitted"
        ]
    assert Event.objects.count() == before
    far = world.actor("far_secretary")
    assert offered(far, guest, "decide_there").allowed
    assert [one.code for one in offered(far, guest, "open").refusals] == ["engine.not_permitted"]
    assert decide(world.actor("far_officer"), guest), "the commune records on behalf of its cell"


def test_nobody_else_has_such_a_step(world: World) -> None:
    """A member at home is offered it with the reason why not."""
    member = world.member("Nguyễn Văn Nhà")
    known = offered(world.actor("secretary"), member, "decide_there").refusals
    assert "member.other_participation" in [one.code for one in known]


def test_it_is_voided_where_it_was_recorded(world: World, guest: Member) -> None:
    """The case is out of sight there by then; a second person of that cell takes the entry back all the same."""
    case = decide(world.actor("far_secretary"), guest)
    told = Event.objects.get(code="discipline.decided_there")
    deputy = person("far_deputy", Office.CELL_DEPUTY, Unit.objects.get(code=FAR))
    with as_role("chibo_app"):
        void(deputy, told.uid, reason="Nhầm", paper=paper(ON))
    assert Case.objects.get(pk=case).state == ""
    assert list(Deadline.objects.filter(subject_kind="case", subject_id=case).values_list("status", flat=True)) == [
        "cancelled"
    ]
    assert list(replay()) == []


def test_a_way_back_that_was_entered_by_mistake_is_voided_there(world: World) -> None:
    """With the introduction back the turn goes to the official cell; its issuer may still take it back."""
    member, on = world.member("Nguyễn Văn Về"), date(2026, 12, 1)
    case = staying(world, member)
    step(world.actor("far_officer"), case, "introduce_back", on, introduction_back=paper(on))
    back = Event.objects.get(code="temporary_transfer.introduced_back")
    with as_role("chibo_app"):
        void(world.actor("far_committee"), back.uid, reason="Nhầm", paper=paper(on))
    assert Case.objects.get(pk=case).state == "staying"
    assert list(replay()) == []


def test_a_stay_that_begins_later_is_told_alike_on_both_sides(world: World) -> None:
    """Up to its first day the member attends the own cell, for the temporary one too, and is disciplined there alone."""
    member, first = world.member("Lê Văn Mai"), date(2026, 10, 15)
    staying(world, member, from_on=first.isoformat())
    far, own = world.actor("far_secretary"), world.actor("secretary")
    for day, how in ((date(2026, 10, 14), "attending"), (first, "elsewhere")):
        for who in (own, far):
            with as_role("chibo_app"), scoped(who.path):
                assert taking_part(Member.objects.filter(pk=member.pk), day).get().takes_part == how
    with as_role("chibo_app"), scoped(world.actor("other_secretary").path):
        assert list(Spell.objects.filter(member=member)) == []
    early = {"decision": paper(date(2026, 10, 14)), "form": "warning", "at_unit": FAR}
    with as_role("chibo_app"), pytest.raises(Refused) as refused:
        perform(far, NewCase("discipline", member_id=member.pk), "decide_there", early, on=date(2026, 10, 14))
    assert [one.code for one in refused.value.answers] == ["discipline.stay_not_begun"]
    assert not Case.objects.filter(lifecycle="discipline").exists()
