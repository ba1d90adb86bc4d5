"""A unit that moves takes every row along, under the role that does it, and whoever stands above it now is in charge."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from backend.accounts.administration import close_unit, move_unit, open_unit
from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.alerts.models import Letter, Notice
from backend.audit.models import Event, EventDetail
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case, CaseNumber
from backend.core import clock
from backend.core.db import scoped
from backend.core.errors import NotFound
from backend.core.models import PathField
from backend.core.partitions import ensure_month
from backend.deadlines.models import Deadline
from backend.dues.models import Sheet
from backend.imports.models import ImportBatch
from backend.members.models import Member, NameWord, Spell
from backend.organizations.models import Unit, UnitSpell
from backend.organizations.tree import as_of
from backend.participation.models import Attendance, DuesEntry
from tests.backend.cases.test_perform import proposal
from tests.roles import as_role
from tests.world import BEGUN, World, make_world, person
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
MONTH = date(2026, 11, 1)
MOVED_BY_NAME = {"path", "unit_path", "acting_path", "guest_path", "about_path"}
WITH_PATH = [
    (model, one.name) for model in apps.get_models() for one in model._meta.get_fields()
    if isinstance(one, PathField) and one.name != "path_then"
]  # fmt: skip
DECISION = {"body": "standing", "committee_size": 9, "committee_yes": 7}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def admin(world: World) -> Actor:
    return person("admin", Office.ADMINISTRATOR, world.province)


@pytest.fixture
def second(world: World, admin: Actor) -> Unit:
    return open_unit(
        admin, code="87.108", name="Đảng bộ xã Hai", level=Level.BASE, parent_id=world.province.pk, on=BEGUN
    )


def below(path: str) -> dict[tuple[str, str], int]:
    """How many rows of each table stand at or below a path, by column."""
    counted = {
        (model.__name__, name): model.objects.filter(**{f"{name}__gte": path, f"{name}__lt": f"{path}~"}).count()
        for model, name in WITH_PATH
    }
    return {place: count for place, count in counted.items() if count}


def fill(world: World) -> Case:
    """Rows of every kind in the cell."""
    case, meeting, facts = proposal(world)
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    world.guest("Lê Thị Khách", world.other, world.cell)
    place: dict[str, Any] = {"unit_id": world.cell.pk, "unit_path": world.cell.path}
    for table in ("alerts_notice", "participation_attendance", "participation_duesentry"):
        ensure_month(table, MONTH)
    row: dict[str, Any] = {"month": MONTH, "member_id": case.member_id, **place}
    Attendance.objects.create(kind="regular", status="present", meeting_id=meeting.pk, **row)
    DuesEntry.objects.create(paid_on=ON, **row)
    Sheet.objects.create(month=MONTH, version=1, **place)
    told = {"deadline_id": 1, "rung": 0, "rung_on": ON, "kind": "remind", "levels_up": 0, "office": "cell_secretary"}
    told |= {"about_path": world.cell.path}
    Notice.objects.create(month=MONTH, id=1, channel="mail", created_at=clock.now(), **told, **place)
    Letter.objects.create(
        user_id=world.actor("secretary").user_id, day=ON, unit_path=world.cell.path, address="x@example.org",
        message_id="<1@x>", created_at=clock.now(),
    )  # fmt: skip
    ImportBatch.objects.create(
        uid=uuid4(), unit_path=world.cell.path, as_of=ON, files={}, counts={}, report={}, operator="x",
        started_at=clock.now(), finished_at=clock.now(),
    )  # fmt: skip
    return case


def test_every_row_of_every_table_moves_along(world: World, admin: Actor, second: Unit) -> None:
    fill(world)
    old, new = world.cell.path, f"{second.path}{world.cell.pk}/"
    before = below(old)
    assert set(before) >= {
        (model.__name__, "unit_path")
        for model in (
            UnitSpell, Assignment, Member, NameWord, Spell, Case, CaseNumber, Deadline, Event, EventDetail, Attendance,
            DuesEntry, Sheet, Notice, Letter, ImportBatch,
        )
    } | {("Unit", "path"), ("Member", "guest_path"), ("NameWord", "guest_path"), ("Case", "acting_path")} | {
        ("Notice", "about_path")
    }  # fmt: skip
    with as_role("chibo_app"):
        move_unit(admin, world.cell.pk, second.pk, on=ON)
    assert below(old) == {}
    logged = {("Event", "unit_path"): 1, ("EventDetail", "unit_path"): 1, ("UnitSpell", "unit_path"): 1}
    assert below(new) == {place: count + logged.get(place, 0) for place, count in before.items()}


def test_no_path_has_a_name_that_a_move_does_not_know() -> None:
    assert {name for _, name in WITH_PATH} == MOVED_BY_NAME
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'chibo_move_paths'")
        (source,) = cursor.fetchone()
    assert all(f"'{name}'" in source for name in MOVED_BY_NAME)


def test_who_stood_above_sees_nothing_any_more_and_who_stands_above_sees_all(
    world: World, admin: Actor, second: Unit
) -> None:
    case = fill(world)
    with connection.cursor() as cursor:  # what the steps above left: a person sees the own offices anywhere
        cursor.execute("SELECT set_config('chibo.user', '', true)")
    with as_role("chibo_app"):
        move_unit(admin, world.cell.pk, second.pk, on=ON)
        kinds = (Member, Spell, NameWord, Case, Deadline, Notice, Attendance, DuesEntry, Assignment, Event)
        mine = {"unit_path": f"{second.path}{world.cell.pk}/"}
        with scoped(second.path):
            assert all(model.objects.filter(**mine).exists() for model in kinds)
        with scoped(world.commune.path):
            assert [model.__name__ for model in kinds if model.objects.filter(**mine).exists()] == []
            assert not Case.objects.filter(pk=case.pk).exists()
            assert not Member.objects.filter(pk=case.member_id).exists()
            assert not Unit.objects.filter(pk=world.cell.pk).exists()


def test_the_turn_passes_to_the_committee_now_above(world: World, admin: Actor, second: Unit) -> None:
    case = fill(world)
    with as_role("chibo_app"):
        move_unit(admin, world.cell.pk, second.pk, on=ON)
    case.refresh_from_db()
    assert (case.acting_unit_id, case.acting_path) == (second.pk, second.path)
    waiting = Deadline.objects.filter(subject_id=case.pk, status="open", acting_level=Level.BASE)
    assert set(waiting.values_list("rule_id", "acting_unit_id", "acting_path")) == {
        ("PRO.DECIDE", second.pk, second.path)
    }
    met = Deadline.objects.filter(subject_id=case.pk).exclude(status="open")
    assert second.pk not in met.values_list("acting_unit_id", flat=True)  # what was done stays where it was done
    facts = {**DECISION, "decision": {"number": "5-QĐ/ĐU", "issuer": "Đảng ủy", "date": ON.isoformat()}}
    with pytest.raises(NotFound):
        perform(world.actor("officer"), OnCase(case.pk), "recognise", facts, on=ON)
    now_above = person("officer_of_two", Office.ORGANISATION_OFFICER, second)
    assert perform(now_above, OnCase(case.pk), "recognise", facts, on=ON)["state"] == "recognised"


def test_the_tree_of_an_earlier_day_is_still_told(world: World, admin: Actor, second: Unit) -> None:
    old, yesterday = world.cell.path, date(2026, 11, 1)
    with as_role("chibo_app"):
        move_unit(admin, world.cell.pk, second.pk, on=ON)
        with scoped(admin.path):
            assert {one.unit_id: one.path_then for one in as_of(yesterday)}[world.cell.pk] == old
            assert {one.unit_id: one.parent_id for one in as_of(ON)}[world.cell.pk] == second.pk
        with scoped(second.path):
            assert [one.parent_id for one in as_of(yesterday).filter(unit_id=world.cell.pk)] == [world.commune.pk]
        with scoped(world.commune.path):
            assert world.cell.pk not in [one.unit_id for one in as_of(yesterday)]  # by where it stands now


def test_a_closed_unit_stays_closed_when_the_one_above_it_moves(world: World, admin: Actor) -> None:
    upper = open_unit(
        admin, code="87.200", name="Đảng bộ khối", level=Level.UPPER, parent_id=world.province.pk, on=BEGUN
    )
    gone = open_unit(
        admin, code="87.107.000.000.009", name="Chi bộ Chín", level=Level.CELL, parent_id=world.commune.pk, on=BEGUN
    )
    with as_role("chibo_app"):
        close_unit(admin, gone.pk, on=date(2026, 10, 1))
        move_unit(admin, world.commune.pk, upper.pk, on=ON)
    assert Unit.objects.get(pk=gone.pk).path == f"{upper.path}{world.commune.pk}/{gone.pk}/"
    assert gone.pk in [one.unit_id for one in as_of(date(2026, 9, 30))]
    assert gone.pk not in [one.unit_id for one in as_of(ON)]
    assert world.cell.pk in [one.unit_id for one in as_of(ON)]
