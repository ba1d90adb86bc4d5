"""A unit where nobody is told any more is a task for the level above: opened once, met when somebody sits there again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core import mail

from backend.accounts.administration import close_unit, move_unit
from backend.accounts.assigning import end_office, give_office
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.alerts.delivery import deliver
from backend.alerts.recipients import notices_read_by
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.vacancies import follow_vacancies
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.jobs import tasks as jobs
from backend.organizations.models import Unit
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import TODAY, World, make_world, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
LAST = TODAY + timedelta(days=1)
EMPTY = TODAY + timedelta(days=2)
"""04/11/2026, a Wednesday: the first day on which nobody sits there."""
DUE = date(2026, 12, 17)
"""Thirty working days from there, without Vietnam Cultural Day (24/11)."""


@pytest.fixture
def world() -> World:
    return make_world()


def user(world: World, name: str) -> User:
    return User.objects.get(pk=world.actor(name).user_id)


def goes(world: World, *names: str, last: date = LAST) -> None:
    for name in names:
        actor = world.actor(name)
        end_office(OPERATOR, user(world, name), actor.office, actor.unit_id or 0, last_day=last)


def looked(day: date) -> int:
    clock.move_to(day)
    with as_role("chibo_jobs"):
        return follow_vacancies(day)


def tasks(at: Unit) -> list[tuple[str, date, int, UUID, UUID | None]]:
    """(status, due day, unit that must act, opened by, closed by); what stands also follows from the log."""
    with as_role("chibo_jobs"):
        assert replayed() == []
    found = Deadline.objects.filter(subject_kind="unit", subject_id=at.pk, rule_id="TASK.FILL_SEAT").order_by("pk")
    return [(one.status, one.due_on, one.acting_unit_id, one.occurrence, one.closed_by) for one in found]


def event(code: str) -> Event:
    return Event.objects.get(code=f"unit.{code}")


def test_a_cell_without_secretary_and_deputy_is_a_task_for_its_base_committee_once(world: World) -> None:
    goes(world, "secretary", "deputy")
    assert looked(LAST) == 0
    version = Unit.objects.get(pk=world.cell.pk).version
    assert (looked(EMPTY), looked(EMPTY), looked(EMPTY + timedelta(days=1))) == (1, 0, 0)
    found = event("seat_empty")
    assert tasks(world.cell) == [("open", DUE, world.commune.pk, found.uid, None)]
    assert (found.subject_kind, found.subject_id, found.version, found.office) == (
        "unit", world.cell.pk, version + 1, "system",
    )  # fmt: skip
    assert found.facts == {"since": EMPTY.isoformat()}
    assert set(found.rules) == {"TASK.FILL_SEAT"}
    assert Unit.objects.get(pk=world.cell.pk).version == version + 1


def test_the_committee_hears_of_it_on_the_same_day_and_names_the_cell(world: World) -> None:
    goes(world, "secretary", "deputy")
    looked(EMPTY)
    with as_role("chibo_jobs"):
        sweep()
        deliver()
    assert sorted(to for letter in mail.outbox for to in letter.to) == ["committee@example.org", "officer@example.org"]
    for letter in mail.outbox:
        assert "Kiện toàn chức vụ đang khuyết" in letter.body
        assert world.cell.code in letter.body


def test_one_of_the_two_is_enough(world: World) -> None:
    goes(world, "secretary")
    assert looked(EMPTY) == 0
    assert tasks(world.cell) == []


def test_it_is_met_when_somebody_sits_there_again_and_opened_anew_the_next_time(world: World) -> None:
    goes(world, "secretary", "deputy")
    looked(EMPTY)
    after = User.objects.create(username="after", email="after@example.org")
    give_office(OPERATOR, after, Office.CELL_SECRETARY, world.cell.pk, since=EMPTY + timedelta(days=5))
    assert looked(EMPTY + timedelta(days=4)) == 0
    assert (looked(EMPTY + timedelta(days=5)), looked(EMPTY + timedelta(days=5))) == (1, 0)
    opened, filled = event("seat_empty"), event("seat_filled")
    assert tasks(world.cell) == [("met", DUE, world.commune.pk, opened.uid, filled.uid)]
    end_office(OPERATOR, after, Office.CELL_SECRETARY, world.cell.pk, last_day=EMPTY + timedelta(days=6))
    assert looked(EMPTY + timedelta(days=7)) == 1
    assert [status for status, *_ in tasks(world.cell)] == ["met", "open"]


def test_it_is_met_late_after_its_day(world: World) -> None:
    goes(world, "secretary", "deputy")
    looked(EMPTY)
    give_office(OPERATOR, user(world, "deputy"), Office.CELL_DEPUTY, world.cell.pk, since=DUE + timedelta(days=1))
    assert looked(DUE + timedelta(days=1)) == 1
    assert [status for status, *_ in tasks(world.cell)] == ["met_late"]


def test_an_account_that_is_shut_holds_nothing(world: World) -> None:
    User.objects.filter(pk__in=[world.actor(name).user_id for name in ("secretary", "deputy")]).update(is_active=False)
    assert looked(TODAY) == 1
    assert event("seat_empty").facts == {"since": TODAY.isoformat()}
    User.objects.update(is_active=True)
    assert looked(TODAY) == 1
    assert [status for status, *_ in tasks(world.cell)] == ["met"]


def test_a_tree_that_never_had_anybody_asks_for_nothing(world: World) -> None:
    """A roster brings thousands of cells: that they have no accounts yet is a matter of setting up."""
    never = unit("87.107.000.000.009", "Chi bộ mới", Level.CELL, world.commune)
    person("member", Office.CELL_COMMITTEE, never)
    before = Event.objects.count()
    assert looked(TODAY) == 0
    assert (tasks(never), Event.objects.count()) == ([], before)


def test_a_committee_is_vacant_when_neither_secretary_nor_officer_is_left_and_the_top_has_nobody_above(
    world: World,
) -> None:
    goes(world, "officer")
    assert looked(EMPTY) == 0
    goes(world, "committee", "province", last=EMPTY)
    assert looked(EMPTY + timedelta(days=1)) == 1
    assert [(status, acting) for status, _, acting, *_ in tasks(world.commune)] == [("open", world.province.pk)]
    assert tasks(world.province) == []


def test_it_is_cancelled_with_the_cell_and_follows_it_to_another_committee(world: World) -> None:
    goes(world, "secretary", "deputy")
    goes(world, "other_secretary")
    assert looked(EMPTY) == 2
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    move_unit(OPERATOR, world.cell.pk, parent_id=far.pk, on=EMPTY)
    assert [acting for _, _, acting, *_ in tasks(Unit.objects.get(pk=world.cell.pk))] == [far.pk]
    close_unit(OPERATOR, world.other.pk, on=EMPTY)
    assert [status for status, *_ in tasks(world.other)] == ["cancelled"]
    assert looked(EMPTY) == 0


def test_a_successor_has_every_open_task_and_every_notice_and_who_went_sees_nothing(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    one = Deadline.objects.get(subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    first, second = (day for day in one.rung_days[:2] if day)
    clock.move_to(first)
    with as_role("chibo_jobs"):
        sweep()
    goes(world, "secretary", last=second - timedelta(days=1))
    after = person("after", Office.CELL_SECRETARY, world.cell, since=second)
    before = world.actor("secretary")
    clock.move_to(second)
    with as_role("chibo_jobs"):
        sweep()
        deliver()
    letters = {to for letter in mail.outbox for to in letter.to}
    assert "after@example.org" in letters
    assert "secretary@example.org" not in letters
    about = notices_read_by(after, second).filter(deadline_id=one.pk, channel="inbox")
    assert sorted(about.values_list("rung_on", flat=True)) == [first, second]
    assert not notices_read_by(before, second).exists()
    assert not Assignment.objects.filter(user_id=before.user_id, to_date__gte=second).exists()
    assert looked(second) == 0


def night(day: date) -> None:
    clock.move_to(day)
    with as_role("chibo_jobs"):
        jobs.follow_vacancies()
        sweep()
        deliver()


def test_a_clock_set_back_ends_nothing_and_says_nothing_again(world: World) -> None:
    goes(world, "secretary", "deputy")
    for day in (LAST, EMPTY):
        night(day)
    opened, letters = event("seat_empty"), len(mail.outbox)
    for day in (LAST, EMPTY, LAST, EMPTY):
        night(day)
    assert tasks(world.cell) == [("open", DUE, world.commune.pk, opened.uid, None)]
    assert (letters, len(mail.outbox)) == (2, 2)


def test_a_task_is_neither_met_before_it_was_opened_nor_opened_before_it_was_met(world: World) -> None:
    """Whoever asks for it, and not only the standing job."""
    goes(world, "secretary", "deputy")
    assert (looked(EMPTY), looked(LAST)) == (1, 0)
    since = EMPTY + timedelta(days=5)
    give_office(OPERATOR, user(world, "deputy"), Office.CELL_DEPUTY, world.cell.pk, since=since)
    assert (looked(since), looked(since - timedelta(days=1)), looked(since)) == (1, 0, 0)
    (one,) = Deadline.objects.filter(subject_id=world.cell.pk, rule_id="TASK.FILL_SEAT")
    assert (one.status, one.started_on, one.met_on) == ("met", EMPTY, since)


def test_a_job_of_the_day_waits_until_the_latest_day_it_has_worked_on_has_come_again(world: World) -> None:
    """A vacancy of a day that was passed over: with the clock set back nobody looks, and forward it is over."""
    night(EMPTY + timedelta(days=9))
    goes(world, "secretary", "deputy")
    night(EMPTY)
    assert (tasks(world.cell), mail.outbox) == ([], [])
    night(EMPTY + timedelta(days=9))
    assert [status for status, *_ in tasks(world.cell)] == ["open"]
