"""What a unit settles through a door: refused all at once with nothing written, tried with nothing left, done once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.settling import Choice, Turn, Wanted, settle, settle_once
from backend.core.errors import NotFound, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.deadlines.test_ladders import RULE, reviewed
from tests.roles import as_role
from tests.world import TODAY, World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
PAPER = "29-QĐ/TU ngày 26/01/2026"
ON = Turn("lao_cai", TODAY, on=True, source=PAPER)
SHORT = Choice(RULE, "short", TODAY, None, PAPER)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def keeper(world: World) -> Actor:
    return person("keeper", Office.ADMINISTRATOR, world.commune)


def written() -> list[Any]:
    settings = list(Unit.objects.order_by("pk").values_list("version", "settings"))
    return [Event.objects.count(), settings, list(Deadline.objects.order_by("pk").values())]


def refused(actor: Actor, unit: Unit, wanted: Wanted) -> list[tuple[str, str]]:
    """The codes with the facts they are about; both ways, and nothing was written."""
    before, found = written(), []
    for act in (lambda: settle(actor, unit.pk, wanted, dry_run=True), lambda: settle_once(actor, unit.pk, wanted)):
        with as_role("chibo_app"), pytest.raises(Refused) as error:
            act()
        found.append([(one.code, one.fact) for one in error.value.answers])
    assert written() == before
    assert found[0] == found[1]
    return found[0]


def test_what_is_wrong_is_said_at_once(world: World, keeper: Actor) -> None:
    assert refused(keeper, world.cell, Turn("none", TODAY, on=False, source="nghe nói")) == [
        ("unit.unknown_pack", "packs"), ("unit.no_source", "source"),
    ]  # fmt: skip
    assert refused(keeper, world.cell, Turn("lao_cai", TODAY, on=True, source="   ")) == [("unit.no_source", "source")]
    assert refused(keeper, world.cell, Choice("NO.SUCH", "short", TODAY, None, PAPER)) == [
        ("unit.unknown_rule", "ladders")
    ]
    assert refused(keeper, world.cell, Choice(RULE, "none", TODAY, None, PAPER)) == [("unit.unknown_ladder", "ladders")]
    assert refused(keeper, world.cell, Choice(RULE, "appeal_window", TODAY, date(2026, 10, 1), PAPER)) == [
        ("unit.ladder_below_floor", "ladders"), ("unit.ladder_ends_first", "until"),
    ]  # fmt: skip


def test_only_whoever_administers_the_unit_settles_anything(world: World, keeper: Actor) -> None:
    before = written()
    for wanted in (ON, SHORT):
        with as_role("chibo_app"), pytest.raises(NotPermitted):
            settle(world.actor("secretary"), world.cell.pk, wanted)
        with as_role("chibo_app"), pytest.raises(NotFound):
            settle_once(keeper, world.province.pk, wanted)
    assert written() == before


def test_tried_it_leaves_nothing_done_it_stays_and_done_again_it_changes_nothing(world: World, keeper: Actor) -> None:
    one = reviewed(world)
    before = written()
    with as_role("chibo_app"):
        tried = settle(keeper, world.commune.pk, SHORT, dry_run=True)
    assert [(move.deadline.pk, move.ladder_before, move.moves_the_day) for move in tried.moves] == [
        (one.pk, "thirty_working_days", False)
    ]
    assert (tried.moves[0].next_before, tried.moves[0].next_after) == (date(2026, 11, 20), date(2026, 12, 11))
    assert (tried.changed, written()) == (True, before)
    with as_role("chibo_app"):
        done = settle_once(keeper, world.commune.pk, SHORT)
    assert done == {"unit_id": world.commune.pk, "changed": True, "deadlines": 1}
    codes = list(Event.objects.order_by("id").values_list("code", flat=True))
    assert codes[-2:] == ["unit.configured", "deadline.replanned"]
    before = written()
    with as_role("chibo_app"):
        again = settle_once(keeper, world.commune.pk, SHORT)
    assert (again, written()) == ({"unit_id": world.commune.pk, "changed": False, "deadlines": 0}, before)
