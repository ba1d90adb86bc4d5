"""A member comes to another cell: states, history, places, clocks, who sees what, and all of it undone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.engine import NewCase, OnCase, Order, perform, perform_many
from backend.cases.models import Case
from backend.cases.rolls import roll_on
from backend.cases.voiding import void
from backend.core import clock
from backend.core.db import scoped
from backend.core.errors import CannotVoid, NotFound, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, NameWord, Spell
from backend.organizations.models import Unit
from backend.organizations.tree import move_unit
from tests.backend.cases.test_away import gone
from tests.backend.cases.test_returning import BROUGHT
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper, person, unit
from workflows.offices import Level, Office
from workflows.voting import Roll

pytestmark = pytest.mark.django_db
FAR = "87.108.000.000.001"


@pytest.fixture
def world() -> World:
    """Beside the commune another one with a cell, a secretary and an officer of its own."""
    world = make_world()
    commune = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    far = unit(FAR, "Chi bộ ấp Xa", Level.CELL, commune)
    world.actors |= {
        "far_secretary": person("far_secretary", Office.CELL_SECRETARY, far),
        "far_officer": person("far_officer", Office.ORGANISATION_OFFICER, commune),
        "far_committee": person("far_committee", Office.COMMITTEE_SECRETARY, commune),
    }
    clock.move_to(date(2026, 12, 20))
    return world


def step(who: Actor, case: int, name: str, on: date, **facts: Any) -> dict[str, Any]:
    with as_role("chibo_app"):
        return perform(who, OnCase(case), name, facts, on=on)


def asked(
    world: World, member: Member, to: str = FAR, effective: date = date(2026, 9, 1), **facts: Any
) -> dict[str, Any]:
    told = {
        "ground": "residence",
        "ground_paper": paper(effective),
        "effective_on": effective.isoformat(),
        "to_unit": to,
    }
    with as_role("chibo_app"):
        return perform(
            world.actor("secretary"), NewCase("transfer", member_id=member.pk), "ask", {**told, **facts}, on=effective
        )


def introduced(world: World, member: Member, on: date = date(2026, 9, 10), **options: Any) -> int:
    case: int = asked(world, member, **options)["id"]
    step(world.actor("secretary"), case, "check", on, self_review=paper(on), dues_settled=True)
    name, who = ("introduce_within", "officer") if options.get("to", FAR) != FAR else ("introduce", "officer")
    step(world.actor(who), case, name, on, introduction=paper(on), papers_handed_over=True)
    return case


def stands(member: Member) -> tuple[Any, ...]:
    now = Member.objects.get(pk=member.pk)
    return now.participation, now.unit_id, now.unit_path, now.guest_unit_id, now.guest_path


def spells(member: Member) -> list[tuple[str, int, date, date | None]]:
    rows = Spell.objects.filter(member=member, retracted_at=None).order_by("valid")
    return [(one.participation, one.unit_id, one.valid.lower, one.valid.upper) for one in rows]


def seen_by(actor: Actor, case: int, member: Member) -> tuple[bool, bool]:
    """Whether an office sees the case and the person, under the application's role."""
    with as_role("chibo_app"), scoped(actor.path):
        return (
            selectors.cases(actor).filter(pk=case).exists(),
            selectors.members(actor).filter(pk=member.pk).exists(),
        )


def clocks(case: int) -> dict[str, tuple[date, str, int]]:
    rows = Deadline.objects.filter(subject_kind="case", subject_id=case).order_by("pk")
    return {one.rule_id: (one.due_on, one.status, one.acting_unit_id) for one in rows}


def test_the_old_side_acts_until_the_paper_is_issued(world: World) -> None:
    """T-01 to T-04: nothing of case or person is seen at the place of destination before."""
    member = world.member("Nguyễn Văn Chuyển")
    case = asked(world, member)["id"]
    official = Deadline.objects.get(subject_id=case, rule_id="TRF.OFFICIAL")  # B31
    assert (official.due_on, official.early_on, official.firmness) == (
        date(2026, 11, 26), date(2026, 10, 14), "unsettled",
    )  # fmt: skip
    for name in ("far_secretary", "far_officer"):
        assert seen_by(world.actor(name), case, member) == (False, False)
        with pytest.raises(NotFound):
            step(world.actor(name), case, "take_in", date(2026, 9, 2), to_unit=FAR)
    checked = {"self_review": paper(date(2026, 9, 7)), "dues_settled": True}
    step(world.actor("secretary"), case, "check", date(2026, 9, 8), **checked)
    papers = {"introduction": paper(date(2026, 9, 10)), "papers_handed_over": True}
    with pytest.raises(NotPermitted):
        step(world.actor("secretary"), case, "introduce", date(2026, 9, 10), **papers)
    step(world.actor("officer"), case, "introduce", date(2026, 9, 10), **papers)
    far, far_commune = world.actor("far_secretary"), world.actor("far_officer").unit_id
    assert stands(member) == ("in_transit", world.cell.pk, world.cell.path, far.unit_id, far.path)
    assert Case.objects.get(pk=case).acting_unit_id == far_commune
    assert clocks(case)["TRF.PAPER"] == (date(2026, 10, 22), "open", far_commune)
    assert seen_by(world.actor("far_officer"), case, member) == (True, True)


def test_the_headcount_moves_with_the_notice_slip_alone(world: World) -> None:
    """T-05 to T-09: late papers are taken in with a caution, each side keeps to its own steps."""
    member = world.member("Nguyễn Văn Chuyển")
    case, officer, far = introduced(world, member), world.actor("far_officer"), world.actor("far_secretary")
    with pytest.raises(NotPermitted):  # the old side's own step, though the case is in sight
        step(officer, case, "withdraw", date(2026, 9, 11), notice=paper(date(2026, 9, 11)), reason="x")
    late = step(officer, case, "take_in", date(2026, 10, 23), to_unit=FAR)
    assert [(one["code"], one["en"]) for one in late["cautions"]] == [
        ("transfer.paper_late", "Presented 1 working days after 22/10/2026: the reason is to be written.")
    ]
    assert stands(member)[:2] == ("in_transit", world.cell.pk), "counted at the old cell"
    assert roll_on(far.unit_id, date(2026, 10, 30)) == Roll(0)
    step(officer, case, "complete", date(2026, 11, 2), notice_slip=paper(date(2026, 11, 2)))
    assert stands(member) == ("attending", far.unit_id, far.path, None, None)
    assert spells(member) == [
        ("attending", world.cell.pk, date(2026, 1, 1), date(2026, 9, 10)),
        ("in_transit", world.cell.pk, date(2026, 9, 10), date(2026, 10, 23)),
        ("in_transit", world.cell.pk, date(2026, 10, 23), date(2026, 11, 2)),
        ("attending", far.unit_id, date(2026, 11, 2), None),
    ]
    assert set(NameWord.objects.filter(member=member).values_list("unit_path", "guest_path")) == {(far.path, None)}
    assert [roll_on(where, date(2026, 11, 2)).official for where in (world.cell.pk, far.unit_id)] == [0, 1]
    assert {rule: status for rule, (_, status, _) in clocks(case).items()} == {
        "TRF.OFFICIAL": "met", "TRF.PAPER": "met_late", "TASK.NOTICE_SLIP": "met_late",
    }  # fmt: skip
    assert seen_by(officer, case, member) == (True, True), "who ended it keeps it in sight"
    assert seen_by(world.actor("secretary"), case, member) == (True, False)
    told = Event.objects.get(code="membership.arrived")
    assert (told.unit_id, told.facts["was"]["unit_id"], told.facts["set"]["unit_id"]) == (
        far.unit_id, world.cell.pk, far.unit_id,
    )  # fmt: skip


def test_a_transfer_during_probation_takes_the_recognition_along(world: World) -> None:
    """R-10: the case gets a number of the new cell, its clocks keep their days, and the new cell goes on with it."""
    first = world.member("Trần Thị Sẵn", "import_probationary", far_cell(world), joined_on="2026-02-02")
    world.probation(first, date(2026, 2, 2))
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-11-20")
    recognition = world.probation(new, date(2025, 11, 20))
    before = clocks(recognition.pk)["PRO.CELL_REVIEW"]
    case = introduced(world, new)
    step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
    step(world.actor("far_officer"), case, "complete", date(2026, 9, 25), notice_slip=paper(date(2026, 9, 25)))
    far = world.actor("far_secretary")
    moved = Case.objects.get(pk=recognition.pk)
    assert (moved.unit_id, moved.acting_unit_id, moved.number, moved.version) == (
        far.unit_id, far.unit_id, "CN-2026-0002", recognition.version,
    )  # fmt: skip
    assert clocks(recognition.pk)["PRO.CELL_REVIEW"] == (before[0], "open", far.unit_id)
    assert Deadline.objects.get(subject_id=recognition.pk).reference == "CN-2026-0002"
    arrived = Event.objects.get(code="membership.arrived")
    assert arrived.facts["cases"] == {str(recognition.pk): ["CN-2026-0001", "CN-2026-0002"]}
    with as_role("chibo_app"), scoped(far.path):
        story = [one.code for one in selectors.timeline(far, Member.objects.get(pk=new.pk)).order_by("id")]
    assert story == [
        "membership.imported_probationary", "recognition.taken_over", "membership.left_for_another_cell",
        "transfer.taken_in", "membership.taken_in", "transfer.completed", "membership.arrived",
    ]  # fmt: skip
    step(far, recognition.pk, "name_helper", date(2026, 10, 1), helper=world.member("Lê Giúp", unit=far_cell(world)).pk)
    with pytest.raises(NotFound):
        step(world.actor("secretary"), recognition.pk, "file_cv", date(2026, 10, 1), cv=paper(date(2026, 10, 1)))
    completed = Event.objects.get(code="transfer.completed")
    with pytest.raises(CannotVoid) as built, as_role("chibo_app"):
        void(world.actor("far_committee"), completed.uid, reason="Nhầm", paper=paper(date(2026, 10, 2)))
    assert built.value.blockers == [Event.objects.get(code="recognition.helper_named").uid]


def far_cell(world: World) -> Unit:
    return Unit.objects.get(pk=world.actor("far_secretary").unit_id)


def test_a_completed_transfer_is_voided_on_both_sides(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-11-20")
    recognition = world.probation(new, date(2025, 11, 20))
    due = clocks(recognition.pk)
    case = introduced(world, new)
    step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
    before = stands(new), spells(new)
    step(world.actor("far_officer"), case, "complete", date(2026, 9, 25), notice_slip=paper(date(2026, 9, 25)))
    completed = Event.objects.get(code="transfer.completed")
    with as_role("chibo_app"):
        with pytest.raises(NotFound):  # another unit's entry
            void(world.actor("committee"), completed.uid, reason="Nhầm", paper=paper(date(2026, 10, 2)))
        void(world.actor("far_committee"), completed.uid, reason="Nhầm", paper=paper(date(2026, 10, 2)))
    assert (stands(new), spells(new)) == before
    back = Case.objects.get(pk=recognition.pk)
    assert (back.unit_id, back.acting_unit_id, back.number) == (world.cell.pk, world.cell.pk, "CN-2026-0001")
    assert clocks(recognition.pk) == due
    shared = Case.objects.get(pk=case)
    assert (shared.state, shared.closed_on, shared.acting_unit_id) == (
        "taken_in",
        None,
        world.actor("far_officer").unit_id,
    )
    assert set(NameWord.objects.filter(member=new).values_list("unit_path", flat=True)) == {world.cell.path}
    with as_role("chibo_app"):
        void(
            world.actor("far_committee"),
            Event.objects.get(code="transfer.taken_in").uid,
            reason="x",
            paper=paper(date(2026, 10, 2)),
        )
        void(
            world.actor("committee"),
            Event.objects.get(code="transfer.introduced").uid,
            reason="x",
            paper=paper(date(2026, 10, 2)),
        )
    assert stands(new) == ("attending", world.cell.pk, world.cell.path, None, None)
    assert seen_by(world.actor("far_officer"), case, new) == (False, False)


def test_what_was_built_on_an_introduction_stands_in_the_way_of_its_void(world: World) -> None:
    member = world.member("Nguyễn Văn Chuyển")
    case = introduced(world, member)
    step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
    with pytest.raises(CannotVoid), as_role("chibo_app"):
        void(
            world.actor("committee"),
            Event.objects.get(code="transfer.introduced").uid,
            reason="x",
            paper=paper(date(2026, 10, 2)),
        )


def test_within_one_base_organisation_its_committee_introduces(world: World) -> None:
    """Internal: no term of law was seen, so a task runs instead of TRF.OFFICIAL; the cells' secretaries act."""
    member = world.member("Nguyễn Văn Trong")
    case = asked(world, member, to="87.107.000.000.002")["id"]
    assert set(clocks(case)) == {"TASK.TRANSFER_INTERNAL"}
    step(
        world.actor("secretary"),
        case,
        "check",
        date(2026, 9, 8),
        self_review=paper(date(2026, 9, 7)),
        dues_settled=True,
    )
    papers = {"introduction": paper(date(2026, 9, 10)), "papers_handed_over": True}
    with pytest.raises(Refused, match=r"transfer\.stays_in_the_base"):
        step(world.actor("province"), case, "introduce", date(2026, 9, 10), **papers)
    step(world.actor("officer"), case, "introduce_within", date(2026, 9, 10), **papers)
    assert seen_by(world.actor("other_secretary"), case, member) == (False, True)
    step(world.actor("officer"), case, "take_in", date(2026, 9, 15), to_unit="87.107.000.000.002")
    step(world.actor("officer"), case, "complete", date(2026, 9, 16), notice_slip=paper(date(2026, 9, 16)))
    assert stands(member) == ("attending", world.other.pk, world.other.path, None, None)


def test_a_paper_sent_back_leaves_the_member_where_he_is(world: World) -> None:
    member = world.member("Nguyễn Văn Chuyển")
    case = introduced(world, member)
    notice = {"notice": paper(date(2026, 9, 21)), "reason": "Không đúng nơi cư trú"}
    step(world.actor("far_officer"), case, "send_back", date(2026, 9, 21), **notice)
    assert stands(member) == ("attending", world.cell.pk, world.cell.path, None, None)
    assert seen_by(world.actor("far_officer"), case, member) == (True, False)
    assert Case.objects.get(pk=case).closed_on == date(2026, 9, 21)
    with as_role("chibo_app"):
        void(
            world.actor("far_committee"),
            Event.objects.get(code="transfer.sent_back").uid,
            reason="x",
            paper=paper(date(2026, 10, 2)),
        )
    assert stands(member)[0] == "in_transit"


@pytest.mark.parametrize("taken_in", [False, True])
def test_the_case_of_somebody_on_the_way_is_not_ended(world: World, *, taken_in: bool) -> None:
    """The journey follows from this case: without it nothing would bring the member to either cell."""
    member = world.member("Nguyễn Văn Chuyển")
    case = introduced(world, member)
    if taken_in:
        step(world.actor("far_officer"), case, "take_in", date(2026, 9, 14), to_unit=FAR)
    before = stands(member), Event.objects.count()
    with pytest.raises(Refused) as refused:
        step(world.actor("secretary"), case, "end", date(2026, 9, 15), proof=paper(date(2026, 9, 15)))
    assert [one.code for one in refused.value.answers] == ["case.member_still_so"]
    assert (stands(member), Event.objects.count()) == before


def test_a_transfer_to_where_chibo_is_not_ends_in_transferred_out(world: World) -> None:
    member = world.member("Nguyễn Văn Ngoài")
    case = (
        introduced(world, member, to=None, place="Đảng bộ phường 1, tỉnh khác")
        if False
        else asked_outside(world, member)
    )
    assert clocks(case)["TRF.PAPER"][2] == world.commune.pk
    step(world.actor("officer"), case, "go_out", date(2026, 10, 1), notice_slip=paper(date(2026, 9, 28)))
    gone = Member.objects.get(pk=member.pk)
    assert (gone.standing, gone.left_on, gone.unit_id) == ("transferred_out", date(2026, 10, 1), world.cell.pk)
    with as_role("chibo_app"):
        back = perform(world.actor("officer"), NewCase("transfer", member_id=member.pk), "receive_back",
                       {"introduction": paper(date(2026, 12, 1)), **BROUGHT}, on=date(2026, 12, 1))  # fmt: skip
    home = Member.objects.get(pk=member.pk)
    assert (back["state"], home.standing, home.participation, home.left_on) == (
        "received_back",
        "official",
        "attending",
        None,
    )


def asked_outside(world: World, member: Member) -> int:
    told = {
        "ground": "residence",
        "ground_paper": paper(date(2026, 9, 1)),
        "effective_on": "2026-09-01",
        "place": "Tỉnh khác",
    }
    on, who = date(2026, 9, 10), world.actor("secretary")
    with as_role("chibo_app"):
        case: int = perform(who, NewCase("transfer", member_id=member.pk), "ask", told, on=date(2026, 9, 1))["id"]
    step(who, case, "check", on, self_review=paper(on), dues_settled=True)
    step(world.actor("officer"), case, "introduce", on, introduction=paper(on), papers_handed_over=True)
    return case


STAY = {"purpose": "work", "from_on": "2026-09-15", "away_until": "2027-03-15", "to_unit": FAR}


def staying(world: World, member: Member, **stay: str) -> int:
    """At the far cell from 15 September 2026 to 15 March 2027, if not said otherwise."""
    facts = {"request": paper(date(2026, 9, 1)), **STAY, **stay}
    with as_role("chibo_app"):
        case: int = perform(
            world.actor("secretary"),
            NewCase("temporary_transfer", member_id=member.pk),
            "ask",
            facts,
            on=date(2026, 9, 1),
        )["id"]
    on = date(2026, 9, 10)
    papers = {"introduction": paper(on), "papers_handed_over": True, "self_review": paper(on), "dues_settled": True}
    step(world.actor("officer"), case, "introduce", on, **papers)
    step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
    return case


def test_a_temporary_member_is_a_guest_and_counts_at_home(world: World) -> None:
    """T-02, T-05, T-11, T-12: paid for at the guest cell, never in its denominator; each side acts in its turn."""
    member = world.member("Nguyễn Văn Khách")
    case, far = staying(world, member), world.actor("far_secretary")
    assert stands(member) == ("elsewhere", world.cell.pk, world.cell.path, far.unit_id, far.path)
    assert [roll_on(where, date(2026, 10, 1)) for where in (world.cell.pk, far.unit_id)] == [
        Roll(1, left_out=1), Roll(0),
    ]  # fmt: skip
    assert clocks(case)["TASK.TEMP_END"] == (date(2027, 3, 15), "open", world.cell.pk)
    assert (seen_by(far, case, member), seen_by(world.actor("secretary"), case, member)) == (
        (False, True),
        (True, True),
    )
    on, officer = date(2026, 12, 1), world.actor("far_officer")
    longer = {"extension": paper(on), "away_until": "2027-09-15", "reported_home": False}
    with pytest.raises(Refused, match=r"stay\.home_not_told"):
        step(officer, case, "extend", on, **longer)
    told = step(officer, case, "extend", on, **{**longer, "reported_home": True})
    assert [one["code"] for one in told["cautions"]] == ["stay.long_in_all"]
    assert Member.objects.get(pk=member.pk).away_until == date(2027, 9, 15)
    assert clocks(case)["TASK.TEMP_END"] == (date(2027, 9, 15), "open", world.cell.pk)
    step(officer, case, "introduce_back", date(2026, 12, 10), introduction_back=paper(date(2026, 12, 10)))
    assert Case.objects.get(pk=case).acting_unit_id == world.cell.pk
    step(world.actor("secretary"), case, "come_back", date(2026, 12, 15), introduction_back=paper(date(2026, 12, 10)))
    assert stands(member) == ("attending", world.cell.pk, world.cell.path, None, None)
    assert [one[1] for one in spells(member)] == [world.cell.pk] * len(spells(member)), "one official cell all along"
    assert not Deadline.objects.filter(subject_kind="case", subject_id=case, status="open").exists()


def test_a_stay_becomes_a_transfer_for_good(world: World) -> None:
    """T-10: one case ends and opens the other; two at once are refused (B60)."""
    member = world.member("Nguyễn Văn Ở")
    case, secretary = staying(world, member), world.actor("secretary")
    for_good = {
        "ground": "decision",
        "ground_paper": paper(date(2026, 10, 1)),
        "effective_on": "2026-10-01",
        "to_unit": FAR,
    }
    with pytest.raises(Refused, match=r"transfer\.another_open"), as_role("chibo_app"):
        perform(secretary, NewCase("transfer", member_id=member.pk), "ask", for_good, on=date(2026, 10, 2))
    step(secretary, case, "convert", date(2026, 10, 2), **for_good)
    assert Case.objects.get(pk=case).state == "converted"
    official = Case.objects.get(lifecycle="transfer", member=member)
    assert (official.state, clocks(official.pk)["TRF.OFFICIAL"][0]) == ("asked", date(2026, 12, 25))
    assert stands(member)[0] == "elsewhere"


def test_work_far_away_becomes_a_temporary_transfer(world: World) -> None:
    """WC: away until the paper is issued, a guest from then on."""
    member = world.member("Nguyễn Văn Xa")
    case = gone(world, member)
    asked_for = {"request": paper(date(2026, 10, 5)), **STAY}
    step(world.actor("secretary"), case, "convert", date(2026, 10, 5), **asked_for)
    stay = Case.objects.get(lifecycle="temporary_transfer", member=member)
    assert (Case.objects.get(pk=case).state, stay.state, stands(member)[0]) == ("converted", "asked", "away")
    on = date(2026, 10, 9)
    papers = {"introduction": paper(on), "papers_handed_over": True, "self_review": paper(on), "dues_settled": True}
    step(world.actor("officer"), stay.pk, "introduce", on, **papers)
    assert stands(member)[0::3] == ("elsewhere", world.actor("far_secretary").unit_id)


def test_a_cell_is_handed_over_with_an_answer_for_each_member(world: World) -> None:
    """38-HD/BTCTW 4.3.3: the committee above the base organisation decides; who is elsewhere already is refused alone."""
    people = [world.member(f"Nguyễn Văn {name}") for name in "ABC"]
    stay = staying(world, people[1])
    on = date(2026, 10, 12)
    facts = {"to_unit": FAR, "introduction": paper(on), "papers_handed_over": True}
    orders = [Order(NewCase("transfer", member_id=one.pk), "hand_over", on, facts) for one in people]
    with pytest.raises(NotPermitted), as_role("chibo_app"):
        perform(world.actor("officer"), orders[0].target, "hand_over", facts, on=on)
    with as_role("chibo_app"):
        results = perform_many(world.actor("province"), orders)
    assert [one.outcome is not None for one in results] == [True, False, True]
    assert isinstance(results[1].error, Refused)
    assert [one.code for one in results[1].error.answers] == ["transfer.another_open"]
    opened = [one.outcome.id for one in results if one.outcome is not None]
    far_officer = world.actor("far_officer")
    for name, day, told in (
        ("take_in", date(2026, 10, 15), {"to_unit": FAR}),
        ("complete", date(2026, 10, 16), {"notice_slip": paper(date(2026, 10, 16))}),
    ):
        with as_role("chibo_app"):
            done = perform_many(far_officer, [Order(OnCase(case), name, day, told) for case in [*opened, stay]])
        assert [one.outcome is not None for one in done] == [True, True, False]
    assert [stands(one)[:2] for one in people] == [
        ("attending", far_cell(world).pk), ("elsewhere", world.cell.pk), ("attending", far_cell(world).pk),
    ]  # fmt: skip


def test_every_living_member_has_one_official_unit_at_any_day(world: World) -> None:
    """The headcount invariant, over everything that happened here."""
    for person_ in (world.member("Một"), world.member("Hai")):
        case = introduced(world, person_)
        step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
        step(world.actor("far_officer"), case, "complete", date(2026, 9, 25), notice_slip=paper(date(2026, 9, 25)))
    for day in (date(2026, 9, 9), date(2026, 9, 20), date(2026, 9, 24), date(2026, 9, 25), date(2026, 12, 1)):
        rows = Spell.objects.filter(valid__contains=day, retracted_at=None)
        assert rows.count() == rows.values("member_id").distinct().count() == 2
        assert {one.unit_id for one in rows} == {far_cell(world).pk if day >= date(2026, 9, 25) else world.cell.pk}


def test_a_unit_that_moves_leaves_the_turn_of_another_unit_alone(world: World) -> None:
    """The old cell goes under another committee while its member is on the way: the far committee keeps its turn."""
    member = world.member("Nguyễn Văn Chuyển")
    case = introduced(world, member)
    third = unit("87.109", "Đảng bộ xã ba", Level.BASE, world.province)
    move_unit(Actor.operator("test").who(), world.cell.pk, third.pk, on=date(2026, 12, 1))
    far_commune = world.actor("far_officer").unit_id
    assert Case.objects.get(pk=case).acting_unit_id == far_commune
    assert clocks(case)["TRF.PAPER"][2] == far_commune


def test_the_log_derives_the_places_again(world: World) -> None:
    """What was moved, sent back and voided agrees with its events (manage.py replay)."""
    moved, back = world.member("Một"), world.member("Hai", "import_probationary", joined_on="2025-11-20")
    world.probation(back, date(2025, 11, 20))
    for member in (moved, back):
        case = introduced(world, member)
        step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
        step(world.actor("far_officer"), case, "complete", date(2026, 9, 25), notice_slip=paper(date(2026, 9, 25)))
    staying(world, world.member("Ba"))
    assert replayed() == []
    with as_role("chibo_app"):
        last = Event.objects.filter(code="transfer.completed").latest("pk")
        void(world.actor("far_committee"), last.uid, reason="Nhầm", paper=paper(date(2026, 10, 2)))
    assert replayed() == []
    Member.objects.filter(pk=moved.pk).update(unit=world.cell, unit_path=world.cell.path)
    assert replayed() == [
        f"Member {moved.pk}: unit_id is {world.cell.pk}, its events say {far_cell(world).pk}"
    ]  # fmt: skip
