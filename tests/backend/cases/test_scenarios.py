"""Acceptance scenarios whose point is what the engine writes: clocks that run on, deadlines met on the day of the act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.core import clock
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.backend.cases.test_perform import ballot, traces
from tests.world import World, as_if_today, make_world, paper
from workflows.ladders import ladder_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def step(actor: Actor, case: int, name: str, on: date, **facts: Any) -> dict[str, Any]:
    return perform(actor, OnCase(case), name, facts, on=on)


def refused(actor: Actor, case: int, name: str, on: date, **facts: Any) -> list[str]:
    """The codes of a refusal that left nothing behind."""
    before = traces()
    with pytest.raises(Refused) as caught:
        step(actor, case, name, on, **facts)
    assert traces() == before
    return [one.code for one in caught.value.answers]


def deadlines(case: int) -> dict[str, tuple[str, date]]:
    """The newest deadline of each rule."""
    found = Deadline.objects.filter(subject_kind="case", subject_id=case).order_by("pk")
    return {one.rule_id: (one.status, one.due_on) for one in found}


def plan(world: World, kind: str, month: date, on: date) -> int:
    facts = {"kind": kind, "month": month.isoformat()}
    with as_if_today(on):
        return int(perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=on)["id"])


def test_b17_a_cell_of_two_is_refused_and_the_clock_runs_on(world: World) -> None:
    people = world.members(2)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-01-05")
    case = world.probation(new, date(2026, 1, 5))
    clock.move_to(date(2027, 3, 2))
    meeting = world.meeting(people, date(2027, 2, 1))
    facts = {"resolution": paper(date(2027, 2, 1)), "ballot": ballot(meeting, 2)}
    assert refused(world.actor("secretary"), case.pk, "propose", date(2027, 2, 1), **facts) == ["cell.too_small"]
    review = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    assert (review.status, review.due_on, review.acting_unit_id) == ("open", date(2027, 2, 23), world.cell.pk)
    assert review.next_rung_on is not None
    assert any(rung.kind == "escalate" for rung in ladder_for("PRO.CELL_REVIEW").rungs)

    third = world.member("Lê Văn Ba", on=date(2027, 3, 2))
    meeting = world.meeting([*people, third], date(2027, 3, 2))
    step(world.actor("secretary"), case.pk, "propose", date(2027, 3, 2), resolution=paper(date(2027, 3, 2)),
         ballot=ballot(meeting, 3))  # fmt: skip
    step(world.actor("officer"), case.pk, "recognise", date(2027, 3, 2), decision=paper(date(2027, 3, 2)),
         body="standing", committee_size=9, committee_yes=9)  # fmt: skip
    assert Member.objects.get(pk=new.pk).official_on == date(2027, 1, 5)  # not lost
    assert Deadline.objects.get(pk=review.pk).status == "met_late"


def test_b47_a_meeting_entered_days_later_is_met_on_its_own_day(world: World) -> None:
    """The handbook was down on the last evening of the month: nothing is missed, minutes are due two days later."""
    people = world.members(3)
    case = plan(world, "regular", date(2026, 10, 1), date(2026, 10, 1))
    clock.move_to(date(2026, 11, 4))
    held = {"held_on": "2026-10-30", "minutes_long": 95, "roll_call": {one.pk: "present" for one in people}}
    done = step(world.actor("secretary"), case, "hold", date(2026, 10, 30), **held)
    assert done["cautions"] == []
    assert deadlines(case) == {
        "MTG.REGULAR": ("met", date(2026, 10, 31)), "MTG.MIN_AFTER": ("open", date(2026, 11, 1)),
    }  # fmt: skip
    note = {"note": paper(date(2026, 11, 4)), "reason": "x"}
    assert refused(world.actor("officer"), case, "record_not_held", date(2026, 11, 4), **note) == ["engine.wrong_state"]


def test_b50_a_thematic_session_leaves_the_regular_meeting_missing(world: World) -> None:
    people = world.members(3)
    clock.move_to(date(2026, 12, 2))
    regular = plan(world, "regular", date(2026, 11, 1), date(2026, 11, 1))
    thematic = plan(world, "thematic", date(2026, 11, 1), date(2026, 11, 1))
    held = {"held_on": "2026-11-10", "minutes_long": 100, "roll_call": {one.pk: "present" for one in people}}
    step(world.actor("secretary"), thematic, "hold", date(2026, 11, 10), **held)
    assert deadlines(thematic)["MTG.THEMATIC"] == ("met", date(2026, 12, 31))
    assert deadlines(regular) == {"MTG.REGULAR": ("open", date(2026, 11, 30))}
    early = {"note": paper(date(2026, 11, 30)), "reason": "x"}
    officer = world.actor("officer")
    assert refused(officer, regular, "record_not_held", date(2026, 11, 30), **early) == ["meeting.month_not_over"]
    step(officer, regular, "record_not_held", date(2026, 12, 1), note=paper(date(2026, 12, 1)), reason="x")
    assert deadlines(regular)["MTG.REGULAR"][0] == "missed"


def test_one_thematic_meeting_of_a_quarter_and_an_extra_regular_one_of_a_month(world: World) -> None:
    plan(world, "thematic", date(2026, 10, 1), date(2026, 10, 1))
    with pytest.raises(Refused, match=r"engine\.already_open"):
        plan(world, "thematic", date(2026, 11, 1), date(2026, 11, 1))
    people = world.members(3)
    case = world.meeting(people, date(2026, 11, 2))
    step(world.actor("secretary"), case.pk, "file_minutes", date(2026, 11, 2), minutes=paper(date(2026, 11, 2)))
    facts = {"kind": "regular", "month": "2026-11-01"}
    extra = perform(
        world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=date(2026, 11, 2)
    )
    assert [one["code"] for one in extra["cautions"]] == ["meeting.month_has_one"]


def test_b55_a_wrongful_admission_is_annulled_not_removed(world: World) -> None:
    """17 years and 10 months at the vote of 05/10/2025."""
    people = world.members(6)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-01-05", admission_decided_on="2025-12-20")
    Member.objects.filter(pk=new.pk).update(born_on=date(2007, 12, 1))
    taken = {"ceremony_on": "2026-01-05", "considered_on": "2025-10-05"}
    case = perform(
        Actor.operator("test"), NewCase("recognition", member_id=new.pk), "take_over", taken, on=date(2026, 1, 5)
    )
    clock.move_to(date(2027, 1, 20))
    on = date(2027, 1, 20)
    meeting = world.meeting(people, on)
    facts = {"resolution": paper(on), "ballot": ballot(meeting, 6)}
    assert refused(world.actor("secretary"), case["id"], "propose", on, **facts) == ["admission.too_young"]
    step(world.actor("officer"), case["id"], "annul", on, annulment=paper(on))
    member = Member.objects.get(pk=new.pk)
    assert (member.standing, member.left_on, Case.objects.get(pk=case["id"]).state) == ("annulled", on, "annulled")
    assert {status for status, _ in deadlines(case["id"]).values()} == {"cancelled"}


def test_a_proposed_removal_reminds_the_committee_alone(world: World) -> None:
    """No term to decide was seen (rules.md 7.1): a task, met by the decision, and nobody above is told."""
    people = world.members(6)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    on = date(2026, 11, 2)
    meeting = world.meeting(people, on)
    step(world.actor("secretary"), case.pk, "propose_removal", on, resolution=paper(on), ballot=ballot(meeting, 5, 1),
         reason="x")  # fmt: skip
    task = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="TASK.COMMITTEE_DECIDE")
    assert (task.status, task.due_on, task.firmness) == ("open", date(2026, 12, 15), "unsettled")
    assert task.acting_unit_id == world.commune.pk
    clock.move_to(date(2026, 11, 20))
    step(world.actor("officer"), case.pk, "send_back", date(2026, 11, 20), notice=paper(date(2026, 11, 20)), reason="x")
    assert deadlines(case.pk)["TASK.COMMITTEE_DECIDE"][0] == "met"
    assert deadlines(case.pk)["TASK.RECONSIDER"] == ("open", date(2027, 1, 5))
