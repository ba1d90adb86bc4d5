"""A cell below three official members is a task for its base committee (B17): opened once, met, taken back, cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from backend.accounts.administration import close_unit, move_unit
from backend.accounts.administration import open_unit as found_unit
from backend.accounts.policy import Actor
from backend.alerts.contents import contents_of
from backend.alerts.letters import make_letters
from backend.alerts.models import Letter, Notice
from backend.alerts.sweep import sweep
from backend.alerts.wording import line_of
from backend.audit.models import Event
from backend.cases import reinforcing, selectors
from backend.cases.engine import NewCase, NewMember, OnCase, OnMember, Order, perform, perform_many
from backend.cases.voiding import void
from backend.core import clock
from backend.core.db import execute, scoped
from backend.deadlines.models import Deadline
from backend.deadlines.selectors import under
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import BEGUN, TODAY, World, make_world, paper
from workflows import law
from workflows.law import Rule
from workflows.offices import Level
from workflows.workdays import add_months

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 15)
"""Thirty working days from TODAY, 02/11/2026, without Vietnam Cultural Day (24/11)."""
CORRECTION: dict[str, Any] = {"reason": "Ghi nhầm", "paper": paper(TODAY, "3-BB/CB")}


@pytest.fixture
def world() -> World:
    return make_world()


def dies(world: World, member: Member, on: date = TODAY) -> UUID:
    """The member leaves the lists; the event."""
    facts = {"certificate_of_death": paper(on), "died_on": on.isoformat()}
    with as_role("chibo_app"):
        done = perform(world.actor("secretary"), OnMember(member.pk), "record_death", facts, on=on)
    return UUID(done["event"])


def taken_back(world: World, event: UUID, actor: str = "deputy") -> UUID:
    with as_role("chibo_app"):
        return void(world.actor(actor), event, **CORRECTION)[0]


def entered(member: Member) -> UUID:
    return Event.objects.get(subject_kind="member", subject_id=member.pk, version=1).uid


def tasks(unit: Unit) -> list[tuple[str, UUID, UUID | None]]:
    """(status, opened by, closed by) of a cell's tasks; what stands also follows from the log."""
    with as_role("chibo_jobs"):
        assert replayed() == []
    found = Deadline.objects.filter(subject_kind="unit", subject_id=unit.pk).order_by("pk")
    return [(one.status, one.occurrence, one.closed_by) for one in found]


def grown(world: World, count: int = 3, unit: Unit | None = None) -> list[Member]:
    """Official members who came in together, as with a roster."""
    facts = {
        "roster": paper(BEGUN),
        "joined_on": "2015-01-05",
        "official_on": "2016-01-05",
        "participation": "attending",
    }
    profiles = [{"full_name": f"Nguyễn Văn {chr(65 + place)}", "sex": "m"} for place in range(count)]
    targets = [NewMember((unit or world.cell).pk, profile) for profile in profiles]
    done = perform_many(Actor.operator("test"), [Order(target, "import_official", BEGUN, facts) for target in targets])
    return [Member.objects.get(pk=one.outcome.id) for one in done if one.outcome is not None]


def test_the_third_from_last_to_leave_opens_one_task_for_the_base_committee(world: World) -> None:
    people = grown(world, 4)
    dies(world, people[0])
    assert tasks(world.cell) == []
    left = dies(world, people[1])
    assert tasks(world.cell) == [("open", left, None)]
    dies(world, people[2])
    dies(world, people[3])
    assert tasks(world.cell) == [("open", left, None)]
    task = Deadline.objects.get(subject_kind="unit")
    assert (task.rule_id, task.rule_version) == ("TASK.REINFORCE_CELL", law.rule("TASK.REINFORCE_CELL", TODAY).version)
    assert (task.unit_id, task.acting_unit_id, task.acting_level) == (world.cell.pk, world.commune.pk, "base_committee")
    assert (task.started_on, task.due_on, task.reference) == (TODAY, DUE, world.cell.code)
    assert (task.firmness, task.ladder, task.rung_days[0]) == ("unsettled", "at_once", TODAY)


def test_the_committee_hears_of_it_the_same_day_and_nobody_above_ever(world: World) -> None:
    dies(world, grown(world)[0])
    for day in (TODAY, date(2027, 3, 1)):
        sweep(day)
    told = set(Notice.objects.values_list("rung", "office", "unit_id", "outcome"))
    offices = ("committee_secretary", "organisation_officer")
    assert {(rung, unit) for rung, _, unit, outcome in told if outcome == "sent"} == {
        (0, world.commune.pk), (4, world.commune.pk),
    }  # fmt: skip
    assert {(office, unit) for _, office, unit, _ in told} == {(office, world.commune.pk) for office in offices}
    make_letters(date(2027, 3, 1), force_morning=True)
    (letter,) = Letter.objects.filter(user__username="officer")
    with transaction.atomic():
        (row,) = contents_of([letter.pk], date(2027, 3, 1))[letter.pk].lines
    line = line_of(row)
    assert (line.reference, line.unit) == (world.cell.code, f"{world.cell.name} ({world.cell.code})")
    assert line.title == "Tăng cường đảng viên hoặc sáp nhập chi bộ không đủ đảng viên chính thức"


def test_who_sees_the_task(world: World) -> None:
    dies(world, grown(world)[0])
    seen = {}
    for name in ("secretary", "other_secretary", "officer", "province"):
        actor = world.actor(name)
        with as_role("chibo_app"), scoped(actor.path):
            seen[name] = selectors.deadlines(actor).filter(subject_kind="unit").count()
            assert under(actor.path).filter(subject_kind="unit").count() == seen[name]
    assert seen == {"secretary": 1, "other_secretary": 0, "officer": 1, "province": 1}


def test_only_official_members_of_the_cell_count(world: World) -> None:
    people = grown(world)
    world.member("Trần Thị Mới", "import_probationary", joined_on="2026-01-05")
    world.member("Trần Thị Chờ", "import_candidate")
    left = dies(world, people[0])
    assert tasks(world.cell) == [("open", left, None)]
    on_trial = Member.objects.get(standing="probationary")
    dies(world, on_trial)
    world.member("Võ Văn Dự", "import_probationary", joined_on="2026-01-05")
    assert tasks(world.cell) == [("open", left, None)]
    world.guest("Lê Thị Khách", world.other, world.cell)
    assert Deadline.objects.get(subject_kind="unit", subject_id=world.cell.pk).status == "open"


def test_whoever_is_away_elsewhere_or_lapsed_still_counts(world: World) -> None:
    people = grown(world)
    facts = {"resolution": paper(TODAY), "ground": "meetings", "months": 3}
    perform(world.actor("secretary"), OnMember(people[0].pk), "record_lapse", facts, on=TODAY)
    assert tasks(world.cell) == []


def test_the_third_official_member_meets_it_and_a_fall_opens_another(world: World) -> None:
    people = grown(world)
    first = dies(world, people[0])
    clock.move_to(DUE)
    third = world.member("Lê Văn Ba", on=DUE)
    task = Deadline.objects.get(subject_kind="unit")
    assert (task.status, task.met_on, task.closed_by, task.next_rung) == ("met", DUE, entered(third), None)
    second = dies(world, people[1], DUE)
    assert [(status, opened) for status, opened, _ in tasks(world.cell)] == [("met", first), ("open", second)]
    later = date(2027, 2, 1)
    clock.move_to(later)
    world.member("Lê Văn Bốn", on=later)
    assert [status for status, *_ in tasks(world.cell)] == ["met", "met_late"]


def test_it_is_met_no_sooner_than_it_was_found_whatever_day_an_entry_is_of(world: World) -> None:
    """Who came before the shortage was found is recorded after it; the database refuses any other day."""
    early = date(2026, 10, 20)
    first = dies(world, grown(world)[0], date(2026, 10, 25))
    clock.move_to(date(2026, 11, 5))
    third = world.member("Lê Văn Ba", on=early)
    task = Deadline.objects.get(subject_kind="unit")
    assert tasks(world.cell) == [("met", first, entered(third))]
    assert (task.started_on, task.opened_on, task.met_on) == (TODAY, TODAY, TODAY)
    with pytest.raises(IntegrityError, match="deadline_of_unit_met_once_open"), transaction.atomic():
        Deadline.objects.filter(pk=task.pk).update(met_on=date(2026, 11, 1))
    taken_back(world, entered(third), "committee")
    assert tasks(world.cell) == [("open", first, None)]


def test_a_probationer_who_becomes_official_meets_it(world: World) -> None:
    """Three decide on the fourth; one of them dies before the committee recognises: then there are three again."""
    people = grown(world)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case, meeting = world.probation(new, date(2025, 10, 30)), world.meeting(people, TODAY)
    ballot = {"meeting": meeting.pk, "issued": 3, "collected": 3, "valid": 3, "yes": 3, "no": 0}
    perform(
        world.actor("secretary"), OnCase(case.pk), "propose", {"resolution": paper(TODAY), "ballot": ballot}, on=TODAY
    )
    left = dies(world, people[0])
    decided = {"decision": paper(TODAY), "body": "standing", "committee_size": 9, "committee_yes": 8}
    with as_role("chibo_app"):
        done = perform(world.actor("officer"), OnCase(case.pk), "recognise", decided, on=TODAY)
    recognised = Event.objects.get(cause=done["event"], subject_kind="member").uid
    assert tasks(world.cell) == [("met", left, recognised)]
    taken_back(world, UUID(done["event"]), "committee")
    assert tasks(world.cell) == [("open", left, None)]


def test_a_void_of_what_opened_it_takes_it_back(world: World) -> None:
    left = dies(world, grown(world)[0])
    voided = taken_back(world, left)
    assert tasks(world.cell) == [("cancelled", left, voided)]
    assert sweep(DUE).rungs == 0


def test_while_others_left_too_a_void_leaves_a_task_of_its_own(world: World) -> None:
    people = grown(world)
    first, second = dies(world, people[0]), dies(world, people[1])
    voided = taken_back(world, first)
    assert tasks(world.cell) == [("cancelled", first, voided), ("open", voided, None)]
    again = taken_back(world, second)
    assert tasks(world.cell)[1:] == [("cancelled", voided, again)]


def test_a_void_of_a_later_leaving_changes_nothing_while_it_is_short(world: World) -> None:
    people = grown(world)
    first, second = dies(world, people[0]), dies(world, people[1])
    taken_back(world, second)
    assert tasks(world.cell) == [("open", first, None)]


def test_a_void_of_what_met_it_opens_it_again_in_the_place_of_a_younger_one(world: World) -> None:
    people = grown(world)
    first, third = dies(world, people[0]), world.member("Lê Văn Ba")
    second = dies(world, people[1])
    assert tasks(world.cell) == [("met", first, entered(third)), ("open", second, None)]
    voided = taken_back(world, entered(third), "committee")
    assert tasks(world.cell) == [("open", first, None), ("cancelled", second, voided)]
    task = Deadline.objects.get(subject_kind="unit", status="open")
    assert (task.met_on, task.next_rung, task.next_rung_on) == (None, 0, TODAY)


def test_a_void_of_what_met_it_meets_nothing_where_others_came(world: World) -> None:
    people = grown(world)
    first = dies(world, people[0])
    third, _ = world.member("Lê Văn Ba"), world.member("Lê Văn Bốn")
    voided = taken_back(world, entered(third), "committee")
    assert tasks(world.cell) == [("cancelled", first, voided)]


def test_a_transfer_opens_it_at_one_cell_and_meets_it_at_the_other(world: World) -> None:
    people = grown(world)
    grown(world, 2, world.other)
    waiting = tasks(world.other)
    arrived = moved(world, people[0])
    came = Event.objects.get(code="membership.arrived")
    assert tasks(world.cell) == [("open", came.uid, None)]
    assert tasks(world.other) == [("met", waiting[0][1], came.uid)]
    taken_back(world, arrived, "committee")
    assert [status for status, *_ in tasks(world.cell)] == ["cancelled"]
    assert tasks(world.other) == waiting


def moved(world: World, member: Member) -> UUID:
    """The member goes to the other cell of the commune; the event of the case."""
    on, officer = TODAY, world.actor("officer")
    told = {
        "ground": "residence",
        "ground_paper": paper(on),
        "effective_on": on.isoformat(),
        "to_unit": world.other.code,
    }
    with as_role("chibo_app"):
        asked = perform(world.actor("secretary"), NewCase("transfer", member_id=member.pk), "ask", told, on=on)
        case = OnCase(asked["id"])
        checked = {"self_review": paper(on), "dues_settled": True}
        perform(world.actor("secretary"), case, "check", checked, on=on)
        perform(officer, case, "introduce_within", {"introduction": paper(on), "papers_handed_over": True}, on=on)
        perform(officer, case, "take_in", {"to_unit": world.other.code}, on=on)
        assert tasks(world.cell) == [], "counted at the old cell until the notice slip is back"
        done = perform(officer, case, "complete", {"notice_slip": paper(on)}, on=on)
    return UUID(done["event"])


def test_a_record_that_was_counted_twice_leaves_the_cell_too_small(world: World) -> None:
    people = grown(world)
    facts = {"kept": people[0].pk, "reason": "Nhập hai lần", "confirmation": paper(TODAY, "7-BB/ĐU")}
    done = perform(world.actor("officer"), OnMember(people[1].pk), "merge", facts, on=TODAY)
    assert tasks(world.cell) == [("open", UUID(done["event"]), None)]


def test_a_cell_that_closes_has_nothing_due(world: World) -> None:
    people = grown(world)
    left = [dies(world, one) for one in people]
    until = add_months(TODAY, 1)
    clock.move_to(until)
    admin = Actor.operator("test")
    for name in ("secretary", "deputy"):
        execute("UPDATE accounts_assignment SET to_date = %s WHERE id = %s", [TODAY, world.actor(name).assignment_id])
    close_unit(admin, world.cell.pk, on=until)
    closed = Event.objects.get(code="unit.closed")
    assert tasks(world.cell) == [("cancelled", left[0], closed.uid)]
    assert Deadline.objects.get(subject_kind="unit").met_on is None


def test_a_cell_that_moves_passes_its_task_to_the_committee_above_its_new_place(world: World) -> None:
    people = grown(world)
    dies(world, people[0])
    grown(world, 2, world.other)
    world.member("Lê Văn Ba", unit=world.other)
    admin = Actor.operator("test")
    second = found_unit(
        admin, code="87.108", name="Đảng bộ xã Hai", level=Level.BASE, parent_id=world.province.pk, on=TODAY
    )
    for cell in (world.cell, world.other):
        with as_role("chibo_app"):
            move_unit(admin, cell.pk, second.pk, on=TODAY)
    found = Deadline.objects.filter(subject_kind="unit").values_list("status", "acting_unit_id", "acting_path")
    assert sorted(found) == [("met", second.pk, second.path), ("open", second.pk, second.path)]


def test_several_leave_at_once_in_one_bulk(world: World) -> None:
    people, others = grown(world, 5), grown(world, 4, world.other)
    facts = {"certificate_of_death": paper(TODAY), "died_on": TODAY.isoformat()}
    leaving = [*people[:3], others[0]]
    orders = [Order(OnMember(one.pk), "record_death", TODAY, facts) for one in leaving]
    with as_role("chibo_app"):
        results = perform_many(world.actor("officer"), orders)
    events = [one.outcome.event for one in results if one.outcome is not None]
    assert len(events) == 4
    assert tasks(world.cell) == [("open", events[2], None)], "the last of them"
    assert tasks(world.other) == []


def test_the_number_is_the_laws(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people, asked = grown(world, 5), law.rule

    def five(rule_id: str, on: date) -> Rule:
        found = asked(rule_id, on)
        return Rule(**{**vars(found), "value": 5}) if rule_id == "ORG.CELL_MIN" else found

    monkeypatch.setattr(law, "rule", five)
    left = dies(world, people[0])
    assert tasks(world.cell) == [("open", left, None)]


def test_a_step_that_leaves_the_number_alone_asks_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = grown(world)
    asked = Mock(wraps=execute)
    monkeypatch.setattr(reinforcing, "execute", asked)
    facts = {"resolution": paper(TODAY), "ground": "meetings", "months": 3}
    done = perform(world.actor("secretary"), OnMember(people[0].pk), "record_lapse", facts, on=TODAY)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    world.meeting(people, TODAY)
    void(world.actor("deputy"), UUID(done["event"]), **CORRECTION)
    assert asked.call_count == 0
    dies(world, people[0])
    assert asked.call_count == 1, "one question where the number changed"


def test_a_task_that_was_tampered_with_is_named(world: World) -> None:
    people = grown(world)
    left = dies(world, people[0])
    task = Deadline.objects.get(subject_kind="unit")

    def said(**columns: Any) -> list[str]:
        Deadline.objects.filter(pk=task.pk).update(**columns)
        with as_role("chibo_jobs"):
            found = replayed()
        Deadline.objects.filter(pk=task.pk).update(**{name: getattr(task, name) for name in columns})
        return found

    unit, one = f"Unit {world.cell.pk}", f"Unit {world.cell.pk}, deadline {task.pk} (TASK.REINFORCE_CELL)"
    gone = f"{unit}: has 2 official members of 3, and 0 TASK.REINFORCE_CELL are open"
    assert said(subject_kind="past") == [gone]
    assert said(status="met", met_on=date(2026, 11, 3), closed_by=entered(people[1])) == [
        gone, f"{one}: was met on 2026-11-03, membership.imported_official says {TODAY}",
    ]  # fmt: skip
    assert said(status="missed", closed_by=left) == [gone, f"{one}: is missed, membership.died says met"]
    assert said(occurrence=UUID(int=1)) == [f"{one}: no event opened it"]
    world.member("Lê Văn Ba")
    task.refresh_from_db()
    assert said(status="open", met_on=None, closed_by=None) == [
        f"{unit}: is not too small, and 1 TASK.REINFORCE_CELL are open"
    ]
    assert tasks(world.cell)[0][0] == "met"
