"""A void after the member went to another cell, or left: what is open again is open where the case stands by now, and nothing
is opened again behind somebody who has gone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import gettext

from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, OnMember, perform
from backend.cases.gone_since import LEFT, MOVED, OUT_OF_SIGHT
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core.db import scoped
from backend.core.errors import CannotVoid
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.backend.cases.test_perform import ON, proposal, traces
from tests.leaving import opened
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
REASON: dict[str, Any] = {"reason": "Nhập nhầm người", "paper": paper(ON, "3-BB/CB")}


@pytest.fixture
def world() -> World:
    return make_world()


def moves_on(world: World, member_id: int) -> UUID:
    """The member goes to the other cell of the commune; the entry of the arrival."""
    asked = {
        "ground": "residence",
        "ground_paper": paper(ON),
        "effective_on": ON.isoformat(),
        "to_unit": world.other.code,
    }
    secretary, officer = world.actor("secretary"), world.actor("officer")
    case = OnCase(perform(secretary, NewCase("transfer", member_id=member_id), "ask", asked, on=ON)["id"])
    perform(secretary, case, "check", {"self_review": paper(ON), "dues_settled": True}, on=ON)
    introduced = {"introduction": paper(ON), "papers_handed_over": True}
    perform(world.actor("committee"), case, "introduce_within", introduced, on=ON)
    perform(officer, case, "take_in", {"to_unit": world.other.code}, on=ON)
    return UUID(perform(officer, case, "complete", {"notice_slip": paper(ON)}, on=ON)["event"])


def place(case: Case) -> list[tuple[str, str, int, str, int, str, str]]:
    names = ("rule_id", "status", "unit_id", "unit_path", "acting_unit_id", "acting_path", "reference")
    return list(Deadline.objects.filter(subject_kind="case", subject_id=case.pk).order_by("id").values_list(*names))


def in_sight(world: World, case: Case) -> list[list[str]]:
    """The open deadlines of the case that the old cell and the new one find behind their walls."""
    found = []
    for unit in (world.cell, world.other):
        with as_role("chibo_app"), scoped(unit.path):
            rows = Deadline.objects.filter(subject_kind="case", subject_id=case.pk, status="open")
            found.append(list(rows.values_list("rule_id", flat=True)))
    return found


def test_a_deadline_is_open_again_where_its_case_went(world: World) -> None:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    moves_on(world, case.member_id or 0)
    here, there, above = world.cell, world.other, world.commune
    was, now = case.number, Case.objects.get(pk=case.pk).number
    assert place(case) == [
        ("PRO.CELL_REVIEW", "met", here.pk, here.path, here.pk, here.path, was),
        ("PRO.DECIDE", "open", there.pk, there.path, above.pk, above.path, now),
    ]
    with as_role("chibo_app"):
        void(world.actor("committee"), UUID(done["event"]), **REASON)
    assert place(case) == [
        ("PRO.CELL_REVIEW", "open", there.pk, there.path, there.pk, there.path, now),
        ("PRO.DECIDE", "cancelled", there.pk, there.path, above.pk, above.path, now),
    ]
    assert in_sight(world, case) == [[], ["PRO.CELL_REVIEW"]]
    assert replayed() == []


def test_the_move_is_voided_after_it_and_all_comes_back(world: World) -> None:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    arrived = moves_on(world, case.member_id or 0)
    for event in (UUID(done["event"]), arrived):
        with as_role("chibo_app"):
            void(world.actor("committee"), event, **REASON)
    here = world.cell
    assert place(case)[0] == ("PRO.CELL_REVIEW", "open", here.pk, here.path, here.pk, here.path, case.number)
    assert in_sight(world, case) == [["PRO.CELL_REVIEW"], []]
    assert replayed() == []


def test_what_is_out_of_the_old_cells_sight_is_voided_above(world: World) -> None:
    """The cell still sees its own entry; the case is no longer there."""
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    moves_on(world, case.member_id or 0)
    before = traces()
    with pytest.raises(CannotVoid) as refused, as_role("chibo_app"):
        void(world.actor("deputy"), UUID(done["event"]), **REASON)
    assert (refused.value.said(), refused.value.blockers) == (gettext(OUT_OF_SIGHT), [])
    assert traces() == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("unit", "stands in unit {cell}, its subject in unit {other}"),
        ("acting", "is to be met by unit {cell}, at its level that is unit {other}"),
    ],
)
def test_replay_names_an_open_deadline_that_was_left_behind(world: World, fields: str, said: str) -> None:
    case, _, _ = proposal(world)
    moves_on(world, case.member_id or 0)
    review = Deadline.objects.get(subject_kind="case", subject_id=case.pk)
    assert replayed() == []
    here = world.cell
    left = {"unit_id": here.pk, "unit_path": here.path} if fields == "unit" else {}
    Deadline.objects.filter(pk=review.pk).update(**left, acting_unit_id=here.pk, acting_path=here.path)
    told = said.format(cell=here.pk, other=world.other.pk)
    with as_role("chibo_jobs"):
        assert replayed() == [f"Case {case.pk}, deadline {review.pk} (PRO.CELL_REVIEW): {told}"]


def test_replay_names_an_open_case_that_was_left_behind(world: World) -> None:
    case, _, _ = proposal(world)
    Case.objects.filter(pk=case.pk).update(unit_id=world.other.pk, unit_path=world.other.path)
    Deadline.objects.filter(subject_kind="case", subject_id=case.pk).update(
        unit_id=world.other.pk, unit_path=world.other.path, acting_unit_id=world.other.pk, acting_path=world.other.path
    )
    with as_role("chibo_jobs"):
        assert replayed() == [
            f"Case {case.pk}: is open in unit {world.other.pk}, its member stands in unit {world.cell.pk}"
        ]


def cleared(world: World) -> tuple[int, int, UUID]:
    """Somebody against whom a violation was reported, the case, and the entry that ended it without discipline."""
    (member, *_) = world.members(5)
    case = opened(world, "discipline", "open", member, {"report": paper(ON)})
    done = perform(world.actor("secretary"), OnCase(case), "clear", {"conclusion": paper(ON)}, on=ON)
    return member.pk, case, UUID(done["event"])


def refused(world: World, event: UUID) -> tuple[str, list[str]]:
    """Why the committee cannot void an entry, and the codes of what stands in the way; proved to have changed nothing."""
    before = (traces(), list(Deadline.objects.order_by("id").values()))
    with pytest.raises(CannotVoid) as caught, as_role("chibo_app"):
        void(world.actor("committee"), event, **REASON)
    assert (traces(), list(Deadline.objects.order_by("id").values())) == before
    assert replayed() == []
    codes = {one.uid: one.code for one in Event.objects.filter(uid__in=caught.value.blockers)}
    return caught.value.said(), [codes[uid] for uid in caught.value.blockers]


def test_a_case_that_was_over_is_not_opened_again_at_the_cell_the_member_left(world: World) -> None:
    member, case, event = cleared(world)
    arrived = moves_on(world, member)
    assert refused(world, event) == (gettext(MOVED), ["membership.arrived"])
    new = opened(world, "discipline", "open", Member.objects.get(pk=member), {"report": paper(ON)}, "other_secretary")
    assert Case.objects.get(pk=new).unit_id == world.other.pk, "the way that the sentence names"
    opening = Event.objects.get(subject_kind="case", subject_id=new).uid
    for one in (opening, arrived, event):
        with as_role("chibo_app"):
            void(world.actor("committee"), one, **REASON)
    again = Case.objects.get(pk=case)
    assert (again.closed_on, again.unit_id, again.acting_unit_id) == (None, world.cell.pk, world.cell.pk)
    assert in_sight(world, again) == [["TASK.CONSIDER_VIOLATION"], []]
    assert replayed() == []


def test_who_came_back_to_the_cell_is_there_for_the_case(world: World) -> None:
    member, case, event = cleared(world)
    for home, other in ((world.cell, world.other), (world.other, world.cell)):
        along = {"reorganisation": paper(ON), "to_unit": other.code}
        perform(world.actor("committee"), NewCase("transfer", member_id=member), "go_along", along, on=ON)
        assert Member.objects.get(pk=member).unit_id != home.pk
    with as_role("chibo_app"):
        void(world.actor("committee"), event, **REASON)
    assert in_sight(world, Case.objects.get(pk=case)) == [["TASK.CONSIDER_VIOLATION"], []]
    assert replayed() == []


def died(world: World, member: int) -> UUID:
    facts = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}
    return UUID(perform(world.actor("secretary"), OnMember(member), "record_death", facts, on=ON)["event"])


def test_no_case_is_opened_again_about_somebody_who_has_died(world: World) -> None:
    member, case, event = cleared(world)
    death = died(world, member)
    assert refused(world, event) == (gettext(LEFT), ["membership.died"])
    for one in (death, event):
        with as_role("chibo_app"):
            void(world.actor("committee"), one, **REASON)
    assert in_sight(world, Case.objects.get(pk=case)) == [["TASK.CONSIDER_VIOLATION"], []]


def test_no_deadline_of_an_open_case_runs_again_for_somebody_who_has_died(world: World) -> None:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    death = died(world, case.member_id or 0)
    assert refused(world, UUID(done["event"])) == (gettext(LEFT), ["membership.died"])
    for one in (death, UUID(done["event"])):
        with as_role("chibo_app"):
            void(world.actor("committee"), one, **REASON)
    assert in_sight(world, case) == [["PRO.CELL_REVIEW"], []]


def test_what_ended_nothing_is_voided_all_the_same(world: World) -> None:
    case, _, _ = proposal(world)
    helper = Member.objects.filter(standing="official").first()
    assert helper is not None
    named = perform(world.actor("secretary"), OnCase(case.pk), "name_helper", {"helper": helper.pk}, on=ON)
    died(world, case.member_id or 0)
    with as_role("chibo_app"):
        void(world.actor("committee"), UUID(named["event"]), **REASON)
    assert in_sight(world, case) == [["TASK.END_CASE"], []]
    assert replayed() == []
