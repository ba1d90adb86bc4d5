"""The tree by date: a moved unit takes all its rows along, and is found where it was on an earlier day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from backend.accounts.administration import close_unit, move_unit, open_unit, visible_units
from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.models import Event
from backend.cases.models import Case
from backend.core.db import scoped
from backend.core.errors import NotFound, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, NameWord, Spell
from backend.organizations.models import Unit
from backend.organizations.tree import as_of
from tests.roles import as_role
from tests.world import World, make_world, person
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
OPENED = date(2026, 1, 1)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def admin(world: World) -> Actor:
    return person("admin", Office.ADMINISTRATOR, world.province)


def test_moved_unit_takes_every_row_along(world: World, admin: Actor) -> None:
    second = open_unit(
        admin, code="87.108", name="Đảng bộ xã Hai", level=Level.BASE, parent_id=world.province.pk, on=OPENED
    )
    cell = open_unit(
        admin, code="87.107.000.000.009", name="Chi bộ Chín", level=Level.CELL, parent_id=world.commune.pk, on=OPENED
    )
    member = world.member("Trần Thị Mới", "import_probationary", unit=cell, joined_on="2025-10-30")
    world.probation(member, date(2025, 10, 30))
    old, new = cell.path, f"{second.path}{cell.pk}/"
    with as_role("chibo_app"):
        move_unit(admin, cell.pk, second.pk, on=ON)
    for model in (Member, NameWord, Spell, Event, Case, Deadline):
        assert not model.objects.filter(unit_path=old).exists(), model
        assert model.objects.filter(unit_path=new).exists(), model
    assert Unit.objects.get(pk=cell.pk).path == new
    assert {one.unit_id: one.path_then for one in as_of(date(2026, 11, 1))}[cell.pk] == old
    assert {one.unit_id: one.path_then for one in as_of(ON)}[cell.pk] == new
    moved = Event.objects.get(code="unit.moved")
    assert (moved.facts, moved.on_date) == ({"from": world.commune.pk, "to": second.pk}, ON)


def test_closed_unit_is_found_as_of_an_earlier_day(world: World, admin: Actor) -> None:
    cell = open_unit(
        admin, code="87.107.000.000.009", name="Chi bộ Chín", level=Level.CELL, parent_id=world.commune.pk, on=OPENED
    )
    close_unit(admin, cell.pk, on=ON)
    with scoped(admin.path):
        assert cell.pk not in [one.pk for one in visible_units(admin)]
    assert cell.pk in [one.unit_id for one in as_of(date(2026, 11, 1))]
    assert cell.pk not in [one.unit_id for one in as_of(ON)]


def test_refused_moves_change_nothing(world: World, admin: Actor) -> None:
    before = sorted(Unit.objects.values_list("pk", "path", "version"))
    with pytest.raises(Refused):
        move_unit(admin, world.commune.pk, world.cell.pk, on=ON)
    with pytest.raises(Refused):
        move_unit(admin, world.cell.pk, world.other.pk, on=ON)
    with pytest.raises(NotPermitted):
        move_unit(world.actor("province"), world.cell.pk, world.province.pk, on=ON)
    with pytest.raises(NotFound):
        move_unit(person("narrow", Office.ADMINISTRATOR, world.commune), world.cell.pk, world.province.pk, on=ON)
    with pytest.raises(Refused):
        close_unit(admin, world.commune.pk, on=ON)
    assert sorted(Unit.objects.values_list("pk", "path", "version")) == before
    assert not Event.objects.filter(subject_kind="unit").exclude(code=EventCode.UNIT_OPENED).exists()


def move_paths(scope: str, was: str, becomes: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chibo.path', %s, true)", [scope])
        cursor.execute("SELECT chibo_move_paths(%s, %s)", [was, becomes])


def test_database_refuses_a_move_out_of_the_scope(world: World) -> None:
    with pytest.raises(ProgrammingError, match="inside the scope"), as_role("chibo_app"):
        move_paths(world.commune.path, world.cell.path, "/9/9/")
    assert Unit.objects.get(pk=world.cell.pk).path == world.cell.path
