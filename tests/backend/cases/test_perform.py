"""One step on the road: what it writes, and that a "no" writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event, Pending
from backend.cases.engine import NewCase, OnCase, RequestKey, perform
from backend.cases.models import Case
from backend.cases.models import RequestKey as KeptRequest
from backend.cases.requests import digest, drop_requests
from backend.core import clock
from backend.core.encoding import loads
from backend.core.errors import KeyReused, NotFound, NotPermitted, Refused, Stale
from backend.core.keyring import unseal
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from tests.backend.audit.events import rows
from tests.roles import as_role
from tests.world import World, make_world, paper
from workflows.offices import Office

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    return make_world()


def ballot(meeting: Case, yes: int, no: int = 0) -> dict[str, int]:
    total = yes + no
    return {"meeting": meeting.pk, "issued": total, "collected": total, "valid": total, "yes": yes, "no": no}


def traces() -> tuple[Any, ...]:
    """Everything a step could have left."""
    return (
        [model.objects.count() for model in (Event, Pending, Deadline, Spell)],
        sorted(Case.objects.values_list("pk", "state", "version")),
        sorted(Member.objects.values_list("pk", "standing", "version")),
    )


def proposal(world: World, yes: int = 4) -> tuple[Case, Case, dict[str, Any]]:
    """A probationer whose twelve months ended on 30/10/2026, a meeting of 6 on 2/11, and the proposal's facts."""
    people = world.members(6)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    meeting = world.meeting(people, ON)
    return case, meeting, {"resolution": paper(ON), "ballot": ballot(meeting, yes, 6 - yes)}


def test_proposal_moves_the_case_and_the_clock(world: World) -> None:
    case, _, facts = proposal(world)
    outcome = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, expected_version=1)
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.version, case.acting_unit_id) == ("proposed", 2, world.commune.pk)
    event = Event.objects.get(uid=outcome["event"])
    assert (event.code, event.changes) == ("recognition.proposed", {"state": ["probation", "proposed"]})
    roll = {
        "official": 6,
        "left_out": 0,
        "suspended": 0,
        "in_transit": 0,
        "exempt": 0,
        "present": 6,
        "unpapered": 0,
        "denominator": 6,
    }
    assert event.facts["ballot"] == {**facts["ballot"], "roll": roll}
    assert bytes(event.line).startswith(b"chibo-event/2\t{")
    review = Deadline.objects.get(rule_id="PRO.CELL_REVIEW", subject_id=case.pk)
    assert (review.status, review.met_on) == ("met", ON)
    decide = Deadline.objects.get(rule_id="PRO.DECIDE", subject_id=case.pk)
    assert (decide.due_on, decide.acting_unit_id, decide.occurrence) == (
        date(2026, 12, 15),
        world.commune.pk,
        event.uid,
    )


def test_two_thirds_is_counted_over_all_official_members(world: World) -> None:
    case, _, facts = proposal(world, yes=3)
    before = traces()
    with pytest.raises(Refused) as refused:
        perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    assert [answer.fact for answer in refused.value.answers] == ["ballot"]
    assert traces() == before


def test_recognition_writes_the_member_too(world: World) -> None:
    case, _, facts = proposal(world)
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    decision = {"decision": paper(ON, "5-QĐ/ĐU"), "body": "standing", "committee_size": 9, "committee_yes": 7}
    outcome = perform(world.actor("officer"), OnCase(case.pk), "recognise", decision, on=ON)
    member = Member.objects.get(pk=case.member_id)
    assert (member.standing, member.official_on, member.version) == ("official", date(2026, 10, 30), 2)
    event = Event.objects.get(subject_kind="member", subject_id=member.pk, version=2)
    assert (str(event.cause), event.code) == (outcome["event"], "membership.recognised")
    spells = Spell.objects.filter(member=member, retracted_at=None).order_by("valid")
    assert [(one.standing, one.valid.lower, one.valid.upper) for one in spells] == [
        ("probationary", date(2026, 1, 1), ON), ("official", ON, None),
    ]  # fmt: skip


def test_order_of_refusals_is_not_found_stale_not_permitted_refused(world: World) -> None:
    case, _, _ = proposal(world)
    before = traces()
    with pytest.raises(NotFound):
        perform(world.actor("other_secretary"), OnCase(case.pk), "propose", {}, on=ON, expected_version=9)
    with pytest.raises(Stale) as stale:
        perform(world.actor("auditor"), OnCase(case.pk), "propose", {}, on=ON, expected_version=9)
    assert stale.value.current == 1
    with pytest.raises(NotPermitted):
        perform(world.actor("auditor"), OnCase(case.pk), "propose", {}, on=ON, expected_version=1)
    with pytest.raises(Refused) as refused:
        perform(world.actor("secretary"), OnCase(case.pk), "propose", {"extra": 1}, on=ON, expected_version=1)
    assert [answer.code for answer in refused.value.answers] == ["fact.unknown", "fact.required", "fact.required"]
    assert traces() == before


def test_same_request_twice_is_done_once(world: World) -> None:
    case, _, facts = proposal(world)
    key = RequestKey.of("tap-1", facts)
    first = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, request_key=key)
    before = traces()
    assert perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, request_key=key) == first
    with pytest.raises(KeyReused):
        perform(world.actor("secretary"), OnCase(case.pk), "propose", {}, on=ON, request_key=RequestKey.of("tap-1", {}))
    assert traces() == before


def test_a_key_kept_in_clear_before_is_hashed_by_the_migration_and_found_as_ever(world: World) -> None:
    """Of the same words another person's hash is another."""
    case, _, facts = proposal(world)
    key = RequestKey.of("Nguyễn Văn A, đề nghị", facts)
    first = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, request_key=key)
    before = traces()
    hashed = KeptRequest.objects.get().key
    assert (len(hashed), hashed != digest(world.actor("deputy"), key.key)) == (64, True)
    KeptRequest.objects.update(key=key.key)
    rows(import_module("backend.cases.migrations.0003_hashed_keys").HASHED)
    assert KeptRequest.objects.get().key == hashed
    assert perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, request_key=key) == first
    assert traces() == before


def test_the_answer_that_is_kept_is_sealed_and_forgotten_after_its_time(world: World) -> None:
    case, _, facts = proposal(world)
    key = RequestKey.of("tap-1", facts)
    outcome = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, request_key=key)
    (kept,) = KeptRequest.objects.all()
    assert loads(unseal(kept.outcome)) == outcome
    for age, left in ((90, 1), (91, 0)):
        KeptRequest.objects.update(recorded_at=clock.now() - timedelta(days=age, minutes=-1))
        with as_role("chibo_jobs"):
            assert drop_requests() == 1 - left
        assert KeptRequest.objects.count() == left


@pytest.mark.parametrize("changed", ["actor", "target", "step", "expected_version"])
def test_key_is_bound_to_office_subject_step_and_version(world: World, changed: str) -> None:
    case, _, facts = proposal(world)
    again = world.member("Trần Thị Khác", "import_probationary", joined_on="2025-10-30")
    actor = world.actor("secretary")
    asked: dict[str, Any] = {
        "actor": actor, "target": OnCase(case.pk), "step": "propose", "expected_version": 1, "facts": facts, "on": ON,
        "request_key": RequestKey.of("tap-1", "the same words"),
    }  # fmt: skip
    other = {
        "actor": replace(actor, office=Office.CELL_DEPUTY, assignment_id=10**6), "step": "file_cv",
        "target": OnCase(world.probation(again, date(2025, 10, 30)).pk), "expected_version": 2,
    }  # fmt: skip
    perform(**asked)
    before = traces()
    with pytest.raises(KeyReused):
        perform(**asked | {changed: other[changed]})
    assert traces() == before


def test_second_open_case_of_a_member_is_refused(world: World) -> None:
    case, _, _ = proposal(world)
    before = traces()
    with pytest.raises(Refused):
        world.probation(Member.objects.get(pk=case.member_id), date(2025, 10, 30))
    assert traces() == before


def test_commune_records_on_behalf_of_a_cell(world: World) -> None:
    case, _, facts = proposal(world)
    outcome = perform(world.actor("officer"), OnCase(case.pk), "propose", facts, on=ON)
    event = Event.objects.get(uid=outcome["event"])
    assert (event.office_unit_id, event.behalf_unit_id) == (world.commune.pk, world.cell.pk)


def test_system_opens_and_nothing_else(world: World) -> None:
    outcome = perform(
        Actor.system(),
        NewCase("meeting", unit_id=world.cell.pk),
        "plan",
        {"kind": "regular", "month": "2026-11-01"},
        on=ON,
    )
    assert (outcome["number"], outcome["state"]) == ("SH-2026-0001", "planned")
    assert ["MTG.REGULAR", date(2026, 11, 30)] in [[d.rule_id, d.due_on] for d in Deadline.objects.all()]
    before = traces()
    with pytest.raises(NotPermitted):
        perform(Actor.system(), OnCase(outcome["id"]), "hold", {}, on=ON)
    assert traces() == before
