"""The table of counts against the same figures counted by hand, over histories made up at random."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from backend.accounts.administration import move_unit
from backend.core import clock
from backend.members.models import Member, Spell
from backend.reports.counting import rebuild, recount
from backend.reports.models import DailyCount
from tests.backend.reports import counting as by
from tests.world import World, make_world, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
DAYS = [date(2025, 12, 31) + timedelta(days=20 * number) for number in range(21)]


@pytest.fixture
def world() -> World:
    return make_world()


def history(world: World, seed: int) -> Random:
    chance = Random(seed)
    cells = [world.cell, world.other]
    by.people(chance, cells, 12)
    by.flags(chance, cells, 15)
    by.deadlines(chance, cells, 25)
    return chance


def rows() -> list[tuple[str, str, date, int]]:
    found = DailyCount.objects.exclude(figure="cell").order_by("unit_path", "figure", "day")
    return list(found.values_list("unit_path", "figure", "day", "value"))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
def test_counts_are_what_is_found_by_looking_at_everything(world: World, seed: int) -> None:
    history(world, seed)
    rebuild()
    for day in DAYS:
        assert by.stored(day) == by.by_hand(day), day
    assert len(by.by_hand(DAYS[10])) > 15


def test_counting_again_writes_nothing(world: World) -> None:
    history(world, 1)
    assert rebuild() > 20
    before = rows()
    assert rebuild() == 0
    assert recount([world.cell.pk, world.other.pk], {world.commune.pk: "2026-05-05"}) == 0
    assert rows() == before


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_what_changes_in_a_cell_changes_all_above_and_nothing_else(world: World, seed: int) -> None:
    chance = history(world, seed)
    rebuild()
    for _ in range(4):
        spell = chance.choice(list(Spell.objects.filter(unit=world.cell)))
        Spell.objects.filter(pk=spell.pk).update(standing=chance.choice(by.STAND))
        by.deadlines(chance, [world.cell], 1)
        recount(
            Spell.objects.filter(member=spell.member).values_list("unit_id", flat=True).distinct()
        )  # as `follow` does
        for day in DAYS[::3]:
            assert by.stored(day) == by.by_hand(day), day
    whole = rows()
    assert rebuild() == 0
    assert rows() == whole


def test_a_cell_that_moves_takes_its_figures_along_from_that_day(world: World) -> None:
    second = unit("87.108", "Đảng bộ xã Hai", Level.BASE, world.province)
    history(world, 3)
    rebuild()
    day = clock.today()
    admin = person("admin", Office.ADMINISTRATOR, world.province)
    move_unit(admin, world.cell.pk, second.pk, on=day)
    recount([world.cell.pk], {world.commune.pk: day.isoformat(), second.pk: day.isoformat()})
    for one in (*DAYS[::2], day - timedelta(days=1), day, day + timedelta(days=1)):
        assert by.stored(one) == by.by_hand(one), one
    assert rebuild() == 0
    assert by.stored(day - timedelta(days=1))[second.pk, "cell"] == 0
    assert by.stored(day)[second.pk, "cell"] == 1
    assert Member.objects.filter(unit_path__startswith=second.path).exists()
