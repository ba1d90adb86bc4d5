"""Working far away and exemption, through the engine: what the member's own row, history and clocks become."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import CannotVoid, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from tests.backend.cases.test_perform import proposal, traces
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
ASKED = {
    "request": paper(date(2026, 9, 1)), "away_from": "2026-10-01", "asked_until": "2027-04-30",
    "organisation_there": False, "place": "Bình Dương", "job": "Công nhân", "reach": "Qua gia đình", "reason": "Làm thuê",
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return make_world()


def step(who: Actor, case: int, name: str, on: date, **facts: Any) -> dict[str, Any]:
    return perform(who, OnCase(case), name, facts, on=on)


def gone(world: World, member: Member) -> int:
    """Away from 1 October 2026 to 30 April 2027, as the base committee agreed on 25 September."""
    secretary = world.actor("secretary")
    case: int = perform(secretary, NewCase("away", member_id=member.pk), "ask", ASKED, on=date(2026, 9, 1))["id"]
    step(secretary, case, "propose", date(2026, 9, 10), resolution=paper(date(2026, 9, 10)))
    approval = {"approval": paper(date(2026, 9, 25)), "away_until": "2027-04-30"}
    step(world.actor("officer"), case, "grant", date(2026, 9, 25), **approval)
    return case


def spells(member: Member) -> list[tuple[str, date, date | None]]:
    rows = Spell.objects.filter(member=member, retracted_at=None).order_by("valid")
    return [(one.participation, one.valid.lower, one.valid.upper) for one in rows]


def clocks(case: int) -> dict[str, tuple[date, str]]:
    rows = Deadline.objects.filter(subject_kind="case", subject_id=case).order_by("pk")
    return {one.rule_id: (one.due_on, one.status) for one in rows}


def test_a_member_goes_away_and_comes_back(world: World) -> None:
    """W-01 to W-05, with the exemption renewed once: in all twelve months or more are cautioned, never refused."""
    member = world.member("Nguyễn Văn Xa")
    case = gone(world, member)
    secretary, officer = world.actor("secretary"), world.actor("officer")
    member = Member.objects.get(pk=member.pk)
    assert (member.participation, member.away_until) == ("away", date(2027, 4, 30))
    assert clocks(case) == {
        "TASK.AWAY_CONSIDER": (date(2026, 10, 14), "met"), "TASK.AWAY_AGREE": (date(2026, 10, 22), "met"),
        "AWY.CONTACT": (date(2027, 3, 25), "open"), "TASK.AWAY_END": (date(2027, 4, 30), "open"),
    }  # fmt: skip
    clock.move_to(date(2027, 11, 1))
    again = {name: value for name, value in ASKED.items() if name not in ("away_from", "organisation_there")}
    again |= {"request": paper(date(2027, 4, 10)), "asked_until": "2027-10-31"}
    told = step(secretary, case, "ask_again", date(2027, 4, 10), **again)
    assert [one["code"] for one in told["cautions"]] == ["away.long_in_all"]
    step(secretary, case, "propose_again", date(2027, 4, 15), resolution=paper(date(2027, 4, 15)))
    longer = {"approval": paper(date(2027, 4, 20)), "away_until": "2027-10-31"}
    step(officer, case, "extend", date(2027, 4, 20), **longer)
    assert Member.objects.get(pk=member.pk).away_until == date(2027, 10, 31)
    assert clocks(case)["TASK.AWAY_END"] == (date(2027, 10, 31), "open")
    step(secretary, case, "come_back", date(2027, 10, 25), remark=paper(date(2027, 10, 20)))
    member = Member.objects.get(pk=member.pk)
    assert (member.participation, member.away_until) == ("attending", None)
    assert spells(member) == [
        ("attending", date(2026, 1, 1), date(2026, 10, 1)), ("away", date(2026, 10, 1), date(2027, 4, 20)),
        ("away", date(2027, 4, 20), date(2027, 10, 25)), ("attending", date(2027, 10, 25), None),
    ]  # fmt: skip
    assert not Deadline.objects.filter(subject_kind="case", subject_id=case, status="open").exists()
    line = Event.objects.get(code="membership.came_back")
    assert (line.cause is not None, line.changes) == (True, {"participation": ["away", "attending"]})
    assert "Bình Dương" not in "".join(bytes(one.line).decode() for one in Event.objects.all())


def test_who_may_agree_and_for_how_long(world: World) -> None:
    member = world.member("Nguyễn Văn Xa")
    secretary, officer = world.actor("secretary"), world.actor("officer")
    too_long = {**ASKED, "asked_until": "2027-10-01"}
    with pytest.raises(Refused) as refused:
        perform(secretary, NewCase("away", member_id=member.pk), "ask", too_long, on=date(2026, 9, 1))
    assert [one.code for one in refused.value.answers] == ["away.too_long"]
    case = perform(secretary, NewCase("away", member_id=member.pk), "ask", ASKED, on=date(2026, 9, 1))["id"]
    step(secretary, case, "propose", date(2026, 9, 10), resolution=paper(date(2026, 9, 10)))
    before = traces()
    facts = {"approval": paper(date(2026, 9, 25)), "away_until": "2027-09-30"}
    with pytest.raises(NotPermitted):
        step(secretary, case, "grant", date(2026, 9, 25), **facts)
    with pytest.raises(Refused):
        step(officer, case, "grant", date(2026, 9, 25), **{**facts, "away_until": "2027-10-01"})
    with pytest.raises(Refused, match=r"engine\.already_open"):
        perform(secretary, NewCase("away", member_id=member.pk), "ask", ASKED, on=ON)
    assert traces() == before
    step(officer, case, "grant", date(2026, 9, 25), **facts)


def test_an_agreed_absence_that_was_a_mistake_is_voided(world: World) -> None:
    member = world.member("Nguyễn Văn Xa")
    case = gone(world, member)
    granted = Event.objects.get(code="away.granted")
    void(world.actor("committee"), granted.uid, reason="Ghi nhầm người", paper=paper(ON))
    member = Member.objects.get(pk=member.pk)
    assert (member.participation, member.away_until) == ("attending", None)
    assert spells(member) == [("attending", date(2026, 1, 1), None)]
    assert Case.objects.get(pk=case).state == "proposed"
    assert clocks(case)["TASK.AWAY_AGREE"][1] == "open"
    assert clocks(case)["TASK.AWAY_END"][1] == "cancelled"


def test_a_probationer_is_recognised_while_working_away(world: World) -> None:
    """The two fields are independent: twelve months run, the cell votes, the official day is what it is."""
    recognition, _, facts = proposal(world)
    member = Member.objects.get(pk=recognition.member_id)
    gone(world, member)
    perform(world.actor("secretary"), OnCase(recognition.pk), "propose", facts, on=ON)
    decision = {"decision": paper(ON), "body": "standing", "committee_size": 5, "committee_yes": 5}
    perform(world.actor("officer"), OnCase(recognition.pk), "recognise", decision, on=ON)
    member = Member.objects.get(pk=member.pk)
    assert (member.standing, member.participation, member.official_on) == ("official", "away", date(2026, 10, 30))
    with pytest.raises(CannotVoid):
        void(world.actor("committee"), Event.objects.get(code="away.granted").uid, reason="Nhầm", paper=paper(ON))


def test_the_cell_exempts_and_takes_back(world: World) -> None:
    """P0 to P3 and back: the cell decides, the base committee is told; once a year the cell looks again."""
    member = world.member("Lê Thị Già")
    secretary = world.actor("secretary")
    asked = {"request": paper(date(2026, 3, 2)), "ground": "age", "own_will": True}
    opened = perform(secretary, NewCase("exemption", member_id=member.pk), "ask", asked, on=date(2026, 3, 2))
    assert [one["code"] for one in opened["cautions"]] == ["exemption.working_age"]
    case = opened["id"]
    step(secretary, case, "grant", date(2026, 3, 5), resolution=paper(date(2026, 3, 5)))
    assert Member.objects.get(pk=member.pk).participation == "exempt"
    step(secretary, case, "report", date(2026, 3, 10), report=paper(date(2026, 3, 9)))
    assert clocks(case) == {
        "TASK.EXEMPT_CONSIDER": (date(2026, 4, 13), "met"), "TASK.EXEMPT_REPORT": (date(2026, 3, 12), "met"),
        "TASK.EXEMPT_REVIEW": (date(2027, 3, 5), "open"),
    }  # fmt: skip
    facts = {"resolution": paper(ON), "asked_by": "in_person"}
    step(secretary, case, "resume", ON, **facts)
    member = Member.objects.get(pk=member.pk)
    assert [one[0] for one in spells(member)] == ["attending", "exempt", "attending"]
    assert (Case.objects.get(pk=case).closed_on, clocks(case)["TASK.EXEMPT_REVIEW"][1]) == (ON, "cancelled")


def test_nobody_is_exempted_without_asking(world: World) -> None:
    member = world.member("Lê Thị Già")
    before = traces()
    asked = {"request": paper(ON), "ground": "health", "own_will": False}
    with pytest.raises(Refused, match=r"exemption\.not_asked_for"):
        perform(world.actor("secretary"), NewCase("exemption", member_id=member.pk), "ask", asked, on=ON)
    assert traces() == before


def in_order(member: Member) -> str:
    return Deadline.objects.get(subject_kind="member", subject_id=member.pk, rule_id="TASK.REGULARISE_AWAY").status


def test_an_absence_without_a_paper_is_put_in_order_and_its_task_is_met(world: World) -> None:
    """B26: asked for and agreed like any other; the void of the agreement asks for it again."""
    member = world.member("Nguyễn Văn Xa", participation="away")
    assert in_order(member) == "open"
    case = gone(world, member)
    assert (Member.objects.get(pk=member.pk).away_until, in_order(member)) == (date(2027, 4, 30), "met_late")
    assert spells(member)[-1] == ("away", date(2026, 10, 1), None)
    agreed = Event.objects.get(code="away.granted")
    void(world.actor("committee"), agreed.uid, reason="Nhầm", paper=paper(ON))
    assert (Case.objects.get(pk=case).state, Member.objects.get(pk=member.pk).away_until, in_order(member)) == (
        "proposed", None, "open",
    )  # fmt: skip


@pytest.mark.parametrize("until", [None, "2027-04-30"])
def test_an_exemption_of_the_roster_is_taken_over_with_its_end(world: World, until: str | None) -> None:
    member = world.member("Nguyễn Văn Xa", participation="away", **({"away_until": until} if until else {}))
    assert Deadline.objects.filter(rule_id="TASK.REGULARISE_AWAY").count() == (0 if until else 1)
    facts = {"away_from": "2026-03-01", "away_until": "2027-01-31"}
    perform(world.actor("officer"), NewCase("away", member_id=member.pk), "take_over", facts, on=ON)
    assert Member.objects.get(pk=member.pk).away_until == date(2027, 1, 31)
    assert until or in_order(member) == "met_late"


def test_whoever_drops_out_has_no_absence_to_put_in_order(world: World) -> None:
    member = world.member("Nguyễn Văn Xa", participation="away")
    facts = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    perform(world.actor("secretary"), OnMember(member.pk), "record_lapse", facts, on=ON)
    assert in_order(member) == "met_late"
