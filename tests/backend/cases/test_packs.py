"""Which pack a cell had on a day is what a deadline started that day uses, however late the day is recorded."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.organizations.settings import configure
from tests.roles import as_role
from tests.world import World, as_if_today, make_world

pytestmark = pytest.mark.django_db
OFF = date(2026, 8, 31)
"""The last day on which the province's pack was on."""


@pytest.fixture
def world() -> World:
    world = make_world()
    for since, on in ((date(2026, 5, 1), True), (date(2026, 9, 1), False)):
        configure(
            Actor.operator("root").who(), world.province.pk, lambda own, since=since, on=on: own.turn("lao_cai", since, on=on),
            on=since,
        )  # fmt: skip
    return world


def held(world: World, on: date) -> Case:
    """A meeting of a month, planned then and recorded today by the cell's secretary."""
    facts = {"kind": "regular", "month": on.replace(day=1).isoformat()}
    with as_if_today(on.replace(day=1)):
        planned = perform(
            Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=on.replace(day=1)
        )
    roll = {one.pk: "present" for one in world.members(3)}
    with as_role("chibo_app"):
        facts = {"held_on": on.isoformat(), "roll_call": roll, "minutes_long": 95}
        perform(world.actor("secretary"), OnCase(planned["id"]), "hold", facts, on=on)
    return Case.objects.get(pk=planned["id"])


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2026, 4, 29), None),
        (date(2026, 5, 4), date(2026, 5, 7)),
        (date(2026, 8, 31), date(2026, 9, 7)),
        (date(2026, 9, 3), None),
    ],
    ids=["before it was on", "on", "its last day", "after it was off"],
)
def test_a_score_is_asked_for_where_the_pack_was_on_when_the_meeting_was_held(
    world: World, on: date, due: date | None
) -> None:
    """B48; recorded on 02/11/2026, when the pack has been off for two months."""
    case = held(world, on)
    found = Deadline.objects.filter(subject_id=case.pk, rule_id="MTG.SCORE_REPORT").values_list("due_on", flat=True)
    assert list(found) == ([due] if due else [])
    event = Event.objects.get(case_id=case.pk, step="hold")
    assert event.rules.get("MTG.SCORE_REPORT") == ("MTG.SCORE_REPORT@2026-01-26" if due else None)


def test_a_meeting_is_reminded_by_the_packs_of_the_first_of_its_month(world: World) -> None:
    days = {}
    for month in (date(2026, 4, 1), date(2026, 5, 1), date(2026, 8, 1), date(2026, 9, 1)):
        with as_if_today(month):
            facts = {"kind": "regular", "month": month.isoformat()}
            case = perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=month)["id"]
        days[month.month] = Deadline.objects.get(subject_id=case, rule_id="MTG.REGULAR").early_on
    assert days == {4: None, 5: date(2026, 5, 4), 8: date(2026, 8, 3), 9: None}
