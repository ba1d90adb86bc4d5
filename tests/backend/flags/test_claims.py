"""What is claimed to have been missed, compared with what is recorded: by whoever records it, under the walls."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from backend.cases.engine import NewCase, OnMember, Order, perform, perform_many
from backend.core import clock
from backend.members.models import Member, Spell
from tests.backend.flags.test_flags import catch_up, meet, pay
from tests.leaving import REPORT
from tests.roles import as_role
from tests.world import BEGUN, World, make_world, paper

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)
MOVED = date(2026, 9, 1)
LAPSE = {"resolution": paper(TODAY), "ground": "meetings"}


@pytest.fixture
def world() -> World:
    return make_world()


def columns(row: Any) -> dict[str, Any]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if not one.primary_key}


def said(cautions: Any) -> list[tuple[str, list[int]]]:
    """Code and numbers of each caution: the months claimed, and those shown."""
    return [(one["code"], [int(word) for word in re.findall(r"\d+", one["en"])]) for one in cautions]


@pytest.mark.parametrize(("months", "shown"), [(3, []), (4, [("lapse.fewer_on_record", [4, 3])])])
def test_months_at_an_earlier_cell_count_though_the_secretary_does_not_see_it(
    world: World, months: int, shown: list[Any]
) -> None:
    present, other, moved = world.members(3)
    meet(world, [present, other], [moved], 3, 7, 8)
    catch_up()
    place = {"unit_id": world.other.pk, "unit_path": world.other.path}
    Member.objects.filter(pk=moved.pk).update(**place)
    spell = Spell.objects.get(member=moved)
    Spell.objects.filter(pk=spell.pk).update(valid=DateRange(BEGUN, MOVED))
    Spell.objects.bulk_create([Spell(**columns(spell) | place | {"valid": DateRange(MOVED, None)})])
    with as_role("chibo_app"):
        done = perform(
            world.actor("other_secretary"), OnMember(moved.pk), "record_lapse", {**LAPSE, "months": months}, on=TODAY
        )
    assert said(done["cautions"]) == shown


@pytest.mark.parametrize(("months", "shown"), [(3, []), (4, [("lapse.fewer_on_record", [4, 3])])])
def test_dues_of_a_removal_are_those_of_the_ledger(world: World, months: int, shown: list[Any]) -> None:
    clock.move_to(TODAY)
    payer, owes = world.members(2)
    pay([payer], 8, 9, 10)
    with as_role("chibo_app"):
        ground = {**REPORT, "ground": "dues_unpaid", "months": months, "expulsion_due": False}
        done = perform(world.actor("secretary"), NewCase("removal", member_id=owes.pk), "open", ground, on=TODAY)
    assert said(done["cautions"]) == shown


def test_in_bulk_each_is_compared_with_the_own_months(world: World) -> None:
    present, twice, thrice = world.members(3)
    meet(world, [present], [twice, thrice], 3, 7)
    meet(world, [present, twice], [thrice], 8)
    catch_up()
    with as_role("chibo_app"):
        orders = [
            Order(OnMember(one.pk), "record_lapse", TODAY, {**LAPSE, "months": 3}) for one in (present, twice, thrice)
        ]
        done = perform_many(world.actor("secretary"), orders)
    assert [said(one.outcome.as_json()["cautions"]) for one in done if one.outcome] == [
        [("lapse.fewer_on_record", [3, 0])], [("lapse.fewer_on_record", [3, 2])], [],
    ]  # fmt: skip
