"""Somebody whom letters no longer reach is a task for the level above: opened once for a unit, met when they arrive again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail

from backend.accounts.addresses import set_address, set_aside
from backend.accounts.administration import close_unit
from backend.accounts.assigning import end_office
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.alerts.delivery import deliver
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.unreachable import follow_addresses
from backend.cases.vacancies import follow_vacancies
from backend.core import clock
from backend.core.db import execute, scoped
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import TODAY, World, make_world

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
DUE = date(2026, 11, 16)
"""Ten working days from TODAY, 02/11/2026."""


@pytest.fixture
def world() -> World:
    return make_world()


def user(world: World, name: str) -> User:
    return User.objects.get(pk=world.actor(name).user_id)


def dies(world: World, *names: str) -> None:
    """Their addresses are set aside, as the third refusal does it."""
    for name in names:
        with as_role("chibo_jobs"), scoped("/"):
            assert set_aside(user(world, name).pk, TODAY, 3)


def looked(day: date = TODAY) -> int:
    clock.move_to(day)
    with as_role("chibo_jobs"):
        return follow_addresses(day)


def tasks(at: Unit) -> list[tuple[str, date, int]]:
    """(status, due day, unit that must act); what stands also follows from the log."""
    with as_role("chibo_jobs"):
        assert replayed() == []
    found = Deadline.objects.filter(subject_kind="unit", subject_id=at.pk, rule_id="TASK.MEND_ADDRESS").order_by("pk")
    return [(one.status, one.due_on, one.acting_unit_id) for one in found]


def test_the_base_committee_is_told_on_the_same_day_once_and_no_name_is_in_it(world: World) -> None:
    dies(world, "secretary", "deputy")
    assert (looked(), looked(), looked(TODAY + timedelta(days=1))) == (1, 0, 0)
    assert tasks(world.cell) == [("open", DUE, world.commune.pk)]
    event = Event.objects.get(code="unit.out_of_reach")
    assert (event.subject_kind, event.subject_id, event.office, event.facts) == ("unit", world.cell.pk, "system", {})
    assert set(event.rules) == {"TASK.MEND_ADDRESS"}
    with as_role("chibo_jobs"):
        sweep()
        deliver()
    assert sorted(to for letter in mail.outbox for to in letter.to) == ["committee@example.org", "officer@example.org"]
    for letter in mail.outbox:
        assert "Cập nhật địa chỉ của người ở đơn vị không còn nhận được thư" in letter.body
        assert world.cell.code in letter.body
        assert "Người secretary" not in letter.body


def test_it_is_met_when_the_last_of_them_gets_letters_again(world: World) -> None:
    dies(world, "secretary", "deputy")
    looked()
    set_address(OPERATOR, user(world, "secretary").pk, "new@example.org")
    assert looked() == 0
    set_address(OPERATOR, user(world, "deputy").pk, "deputy@example.org")
    assert (looked(), looked()) == (1, 0)
    assert tasks(world.cell) == [("met", DUE, world.commune.pk)]
    assert Event.objects.filter(code="unit.in_reach").count() == 1
    dies(world, "deputy")
    assert looked() == 1
    assert [status for status, *_ in tasks(world.cell)] == ["met", "open"]


def test_it_is_met_when_the_person_no_longer_sits_there_and_late_after_its_day(world: World) -> None:
    dies(world, "secretary")
    looked()
    actor = world.actor("secretary")
    end_office(OPERATOR, user(world, "secretary"), actor.office, actor.unit_id or 0, last_day=DUE)
    assert looked(DUE) == 0
    assert looked(DUE + timedelta(days=1)) == 1
    assert tasks(world.cell) == [("met_late", DUE, world.commune.pk)]


def test_an_officer_of_the_commune_is_a_task_for_the_province_and_the_top_has_nobody_above(world: World) -> None:
    dies(world, "officer", "province")
    assert looked() == 1
    assert tasks(world.commune) == [("open", DUE, world.province.pk)]
    assert tasks(world.province) == []


def test_whoever_is_told_of_nothing_opens_nothing(world: World) -> None:
    dies(world, "auditor")
    User.objects.filter(username="secretary").update(address_dead_since=TODAY, is_active=False)
    assert looked() == 0
    assert tasks(world.cell) == []


def test_it_ends_with_the_unit(world: World) -> None:
    dies(world, "other_secretary")
    looked()
    actor = world.actor("other_secretary")
    end_office(OPERATOR, user(world, "other_secretary"), actor.office, actor.unit_id or 0, last_day=TODAY)
    clock.move_to(TODAY + timedelta(days=1))
    close_unit(OPERATOR, world.other.pk, on=clock.today())
    assert tasks(world.other) == [("cancelled", DUE, world.commune.pk)]
    assert looked(clock.today()) == 0


def test_a_vacancy_and_an_address_are_two_tasks_that_end_for_themselves(world: World) -> None:
    dies(world, "secretary")
    looked()
    for name in ("secretary", "deputy"):
        actor = world.actor(name)
        end_office(OPERATOR, user(world, name), actor.office, actor.unit_id or 0, last_day=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    assert looked(tomorrow) == 1
    with as_role("chibo_jobs"):
        assert follow_vacancies(tomorrow) == 1
    open_now = Deadline.objects.filter(subject_kind="unit", subject_id=world.cell.pk, status="open")
    assert [one.rule_id for one in open_now] == ["TASK.FILL_SEAT"]


def test_the_second_setting_aside_changes_nothing(world: World) -> None:
    dies(world, "secretary")
    before = (Event.objects.count(), User.objects.filter(username="secretary").values().get())
    with scoped("/"):
        assert not set_aside(user(world, "secretary").pk, TODAY, 4)
        assert execute("SELECT 1") == [(1,)]
    assert (Event.objects.count(), User.objects.filter(username="secretary").values().get()) == before
