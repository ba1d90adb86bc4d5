"""Voids: by a second person, only what nothing was built on, and everything stands as before."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import OnCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core.errors import CannotVoid, NotFound, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from tests.backend.cases.test_perform import ON, proposal, traces
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
DECISION = {"decision": paper(ON, "5-QĐ/ĐU"), "body": "standing", "committee_size": 9, "committee_yes": 7}
REASON: dict[str, Any] = {"reason": "Nhập nhầm người", "paper": paper(ON, "3-BB/CB")}


@pytest.fixture
def world() -> World:
    return make_world()


def live(member_id: int) -> list[tuple[str, date, date | None]]:
    found = Spell.objects.filter(member_id=member_id, retracted_at=None).order_by("valid")
    return [(one.standing, one.valid.lower, one.valid.upper) for one in found]


def open_rules(case: Case) -> list[str]:
    return sorted(Deadline.objects.filter(subject_id=case.pk, status="open").values_list("rule_id", flat=True))


def test_void_restores_state_facts_history_and_clocks(world: World) -> None:
    case, _, facts = proposal(world)
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    before = (Case.objects.get(pk=case.pk).facts, live(case.member_id or 0))
    done = perform(world.actor("officer"), OnCase(case.pk), "recognise", DECISION, on=ON)
    uids = void(world.actor("committee"), UUID(done["event"]), **REASON)
    assert len(uids) == 2  # the case's step, and what it did to the member
    restored = Case.objects.get(pk=case.pk)
    assert (restored.state, restored.version, restored.closed_on) == ("proposed", 4, None)
    member = Member.objects.get(pk=case.member_id)
    assert (member.standing, member.official_on, member.version) == ("probationary", None, 3)
    assert (restored.facts, live(member.pk)) == before
    assert open_rules(case) == ["PRO.DECIDE"]


def test_who_recorded_it_may_not_void_it(world: World) -> None:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    before = traces()
    with pytest.raises(NotPermitted):
        void(world.actor("secretary"), UUID(done["event"]), **REASON)
    with pytest.raises(NotFound):
        void(world.actor("other_secretary"), UUID(done["event"]), **REASON)
    assert traces() == before


def test_what_something_was_built_on_is_not_voided(world: World) -> None:
    case, _, facts = proposal(world)
    first = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    second = perform(world.actor("officer"), OnCase(case.pk), "recognise", DECISION, on=ON)
    before = traces()
    with pytest.raises(CannotVoid) as refused:
        void(world.actor("deputy"), UUID(first["event"]), **REASON)
    assert [str(uid) for uid in refused.value.blockers] == [second["event"]]
    assert traces() == before


def test_nobody_is_taken_off_the_lists_while_a_case_is_about_them(world: World) -> None:
    case, _, _ = proposal(world)
    entered = Event.objects.get(subject_kind="member", subject_id=case.member_id, version=1).uid
    opened = Event.objects.get(subject_kind="case", subject_id=case.pk).uid
    before = traces()
    with pytest.raises(CannotVoid) as refused:
        void(world.actor("committee"), entered, **REASON)
    assert refused.value.blockers == [opened]
    assert traces() == before
    void(world.actor("committee"), opened, **REASON)
    assert len(void(world.actor("committee"), entered, **REASON)) == 1
    assert Member.objects.get(pk=case.member_id).standing == ""


def test_cell_does_not_void_what_a_committee_decided(world: World) -> None:
    case, _, facts = proposal(world)
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    done = perform(world.actor("officer"), OnCase(case.pk), "recognise", DECISION, on=ON)
    before = traces()
    with pytest.raises(NotPermitted):
        void(world.actor("deputy"), UUID(done["event"]), **REASON)
    consequence = Event.objects.get(cause=done["event"]).uid
    with pytest.raises(CannotVoid) as half:
        void(world.actor("committee"), consequence, **REASON)
    assert [str(uid) for uid in half.value.blockers] == [done["event"]]
    assert traces() == before


def test_meeting_under_a_ballot_is_not_voided(world: World) -> None:
    case, meeting, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    held = Event.objects.get(case_id=meeting.pk, code="meeting.held").uid
    with pytest.raises(CannotVoid) as refused:
        void(world.actor("deputy"), held, **REASON)
    assert [str(uid) for uid in refused.value.blockers] == [done["event"]]
    void(world.actor("deputy"), UUID(done["event"]), **REASON)
    assert len(void(world.actor("deputy"), held, **REASON)) == 1


def test_void_gives_dates_and_turn_back(world: World) -> None:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    assert Case.objects.get(pk=case.pk).acting_unit_id == world.commune.pk
    void(world.actor("deputy"), UUID(done["event"]), **REASON)
    assert Case.objects.get(pk=case.pk).acting_unit_id == world.cell.pk
    (member,) = world.members(1)
    death = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}
    died = perform(world.actor("secretary"), OnMember(member.pk), "record_death", death, on=ON)
    assert Member.objects.get(pk=member.pk).left_on == ON
    void(world.actor("deputy"), UUID(died["event"]), **REASON)
    restored = Member.objects.get(pk=member.pk)
    assert (restored.standing, restored.left_on) == ("official", None)


def test_void_between_two_final_states_gives_the_earlier_closing_day_back(world: World) -> None:
    meeting = world.meeting(world.members(3), date(2026, 10, 5))
    filed, reported = date(2026, 10, 7), date(2026, 10, 20)
    secretary = world.actor("secretary")
    perform(secretary, OnCase(meeting.pk), "file_minutes", {"minutes": paper(filed), "score": 90}, on=filed)
    done = perform(secretary, OnCase(meeting.pk), "report_score", {"score_report": paper(reported)}, on=reported)
    assert Case.objects.get(pk=meeting.pk).closed_on == reported
    void(world.actor("deputy"), UUID(done["event"]), **REASON)
    restored = Case.objects.get(pk=meeting.pk)
    assert (restored.state, restored.closed_on, "score_report" in restored.facts) == ("filed", filed, False)
    first = Event.objects.get(case_id=meeting.pk, code="meeting.minutes_filed").uid
    void(world.actor("deputy"), first, **REASON)
    assert Case.objects.get(pk=meeting.pk).closed_on is None


def test_entries_are_voided_one_after_the_other_back_to_the_first(world: World) -> None:
    case, _, facts = proposal(world)
    member_id = case.member_id or 0
    before = (case.facts, live(member_id), open_rules(case))
    first = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    second = perform(world.actor("officer"), OnCase(case.pk), "recognise", DECISION, on=ON)
    lapse = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    third = perform(world.actor("secretary"), OnMember(member_id), "record_lapse", lapse, on=ON)
    with pytest.raises(CannotVoid):
        void(world.actor("committee"), UUID(second["event"]), **REASON)
    for done in (third, second, first):
        void(world.actor("committee"), UUID(done["event"]), **REASON)
    restored = Case.objects.get(pk=case.pk)
    assert (restored.state, restored.version, restored.closed_on) == ("probation", 5, None)
    member = Member.objects.get(pk=member_id)
    assert (member.standing, member.participation, member.official_on) == ("probationary", "attending", None)
    assert (restored.facts, live(member_id), open_rules(restored)) == before
    seal_all()
    assert verify_log().fault is None


def test_what_was_voided_is_not_voided_again(world: World) -> None:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    uids = void(world.actor("deputy"), UUID(done["event"]), **REASON)
    before = traces()
    with pytest.raises(CannotVoid, match="voided already") as refused:
        void(world.actor("committee"), UUID(done["event"]), **REASON)
    assert refused.value.blockers == uids
    assert traces() == before


def test_void_is_not_voided(world: World) -> None:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    (uid,) = void(world.actor("deputy"), UUID(done["event"]), **REASON)
    assert Event.objects.get(uid=uid).changes == {"state": ["proposed", "probation"]}
    with pytest.raises(CannotVoid):
        void(world.actor("officer"), uid, **REASON)


@pytest.mark.parametrize(("step", "fact"), [("file_cv", "cv"), ("file_class", "class_certificate")])
def test_a_paper_is_filed_once_and_again_after_its_void(world: World, step: str, fact: str) -> None:
    case, _, _ = proposal(world)
    secretary, facts = world.actor("secretary"), {fact: paper(ON)}
    filed = perform(secretary, OnCase(case.pk), step, facts, on=ON)
    before = traces()
    with pytest.raises(Refused) as refused:
        perform(secretary, OnCase(case.pk), step, {fact: paper(ON, "khác")}, on=ON)
    assert [(one.code, one.fact) for one in refused.value.answers] == [("fact.given_before", fact)]
    assert traces() == before
    void(world.actor("deputy"), UUID(filed["event"]), **REASON)
    assert perform(secretary, OnCase(case.pk), step, facts, on=ON)["version"] == filed["version"] + 2
