"""What a unit settles for itself and those below it: the nearest day, every pack, an event for each change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.accounts.administration import move_unit
from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.core.db import scoped
from backend.core.errors import Refused
from backend.organizations.models import Unit
from backend.organizations.settings import (
    Settings,
    Turned,
    configure,
    pack_history,
    packs_on,
    reminder_day,
    reminder_days,
)
from tests.backend.alerts.rows import chain, unit
from tests.roles import as_role
from tests.world import BEGUN, make_world
from tests.world import unit as opened
from workflows.offices import Level

pytestmark = pytest.mark.django_db
WHO = Actor.operator("root").who()
ON = date(2026, 11, 2)


LAO_CAI = frozenset({"lao_cai"})


def turned(*stretches: tuple[str, date, date | None]) -> tuple[Turned, ...]:
    return tuple(Turned(*one) for one in stretches)


def test_the_nearest_reminder_day_holds() -> None:
    assert reminder_day([{"meeting_reminder_day": 3}, {}, {"meeting_reminder_day": 10}, {}]) == 10
    assert reminder_day([{"meeting_reminder_day": 3}, {"packs": []}]) == 3
    assert reminder_day([]) is None


def test_reminder_days_of_many_units_are_looked_up_at_once(django_assert_num_queries: Any) -> None:
    province, commune, cell = chain()
    other = unit(Level.CELL, commune)
    Unit.objects.filter(pk=province.pk).update(settings={"meeting_reminder_day": 7})
    Unit.objects.filter(pk=cell.pk).update(settings={"meeting_reminder_day": 5})
    with django_assert_num_queries(1):
        assert reminder_days([cell, other, province]) == {cell.pk: 5, other.pk: 7, province.pk: 7}


@pytest.mark.parametrize(
    ("since", "on_", "left"),
    [
        ("2026-03-01", True, [("2026-01-10", "2026-01-31"), ("2026-03-01", None)]),
        ("2026-02-01", True, [("2026-01-10", None)]),
        ("2026-01-20", True, [("2026-01-10", None)]),
        ("2026-01-10", True, [("2026-01-10", None)]),
        ("2026-01-09", True, [("2026-01-09", None)]),
        ("2026-01-20", False, [("2026-01-10", "2026-01-19")]),
        ("2026-02-01", False, [("2026-01-10", "2026-01-31")]),
        ("2026-01-11", False, [("2026-01-10", "2026-01-10")]),
        ("2026-01-10", False, []),
    ],
)
def test_a_pack_is_turned_on_or_off_from_a_day(since: str, on_: bool, left: list[tuple[str, str | None]]) -> None:
    """It was on from 10/01 to 31/01; what held before the day stays, what comes after it is as it is turned."""
    was = Settings(None, turned(("lao_cai", date(2026, 1, 10), date(2026, 1, 31)), ("x", date(2026, 1, 1), None)))
    now = was.turn("lao_cai", date.fromisoformat(since), on=on_)
    kept = [["lao_cai", first, last] for first, last in left]
    assert now.as_json() == {"packs": [*kept, ["x", "2026-01-01", None]]}
    assert Settings.of(now.as_json()) == now


def test_the_packs_of_a_day_are_those_turned_on_then_along_the_tree() -> None:
    province, commune, cell = chain()
    Unit.objects.filter(pk=province.pk).update(settings={"packs": [["lao_cai", "2026-02-01", "2026-03-31"]]})
    Unit.objects.filter(pk=cell.pk).update(settings={"packs": [["hue", "2026-03-31", None]]})
    cases = {
        (cell.pk, date(2026, 1, 31)): frozenset(), (cell.pk, date(2026, 2, 1)): LAO_CAI,
        (cell.pk, date(2026, 3, 31)): LAO_CAI | {"hue"}, (cell.pk, date(2026, 4, 1)): frozenset({"hue"}),
        (commune.pk, date(2026, 3, 31)): LAO_CAI, (commune.pk, date(2026, 4, 1)): frozenset(),
    }  # fmt: skip
    assert packs_on(cases) == cases
    assert packs_on([]) == {}
    assert [(one.pack, one.since, one.until, key) for one, key in pack_history(cell)] == [
        ("hue", date(2026, 3, 31), None, cell.pk), ("lao_cai", date(2026, 2, 1), date(2026, 3, 31), province.pk),
    ]  # fmt: skip


def test_a_unit_that_moved_had_the_packs_of_where_it_stood() -> None:
    """Seen from the cell alone, behind the wall: the province it came from lies outside its sight."""
    world = make_world()
    other = opened("86", "Đảng bộ tỉnh khác", Level.PROVINCE)
    commune = opened("86.107", "Đảng bộ xã khác", Level.BASE, other)
    for province, since in ((world.province, BEGUN), (other, ON)):
        configure(WHO, province.pk, lambda own, since=since: own.turn("lao_cai", since, on=True), on=ON)
    move_unit(Actor.operator("root"), world.cell.pk, commune.pk, on=date(2026, 6, 15))
    days = (date(2025, 12, 31), BEGUN, date(2026, 6, 14), date(2026, 6, 15), date(2026, 11, 1), ON)
    cell = Unit.objects.get(pk=world.cell.pk)
    with as_role("chibo_app"), scoped(cell.path):
        found = packs_on((cell.pk, day) for day in days)
    assert [found[cell.pk, day] for day in days] == [
        frozenset(), LAO_CAI, LAO_CAI, frozenset(), frozenset(), LAO_CAI,
    ]  # fmt: skip


def test_a_change_is_one_event_and_no_change_is_none() -> None:
    commune = chain()[1]
    wanted = Settings(3, turned(("lao_cai", ON, None)))
    kept = {"meeting_reminder_day": 3, "packs": [["lao_cai", "2026-11-02", None]]}
    with as_role("chibo_jobs"):
        for _ in range(2):
            configure(WHO, commune.pk, lambda own: wanted, on=ON)
    commune.refresh_from_db()
    assert (commune.settings, commune.version) == (kept, 2)
    event = Event.objects.get()
    assert (event.code, event.subject_kind, event.subject_id, event.version, event.office, event.on_date) == (
        "unit.configured", "unit", commune.pk, 2, "operator", ON,
    )  # fmt: skip
    assert event.facts == {"was": {}, "now": kept}
    configure(WHO, commune.pk, lambda own: Settings(), on=ON)
    commune.refresh_from_db()
    assert (commune.settings, commune.version, Event.objects.count()) == ({}, 3, 2)


@pytest.mark.parametrize("day", [0, 32, -1])
def test_everything_wrong_is_said_at_once_and_nothing_is_written(day: int) -> None:
    commune, packs = chain()[1], turned(("x", ON, None), ("y", ON, None), ("lao_cai", ON, None))
    with pytest.raises(Refused) as refused:
        configure(WHO, commune.pk, lambda own: Settings(day, packs), on=ON)
    assert [(one.code, one.text("en")) for one in refused.value.answers] == [
        ("unit.bad_meeting_reminder_day", "The day of the meeting's reminders is a day of the month, from 1 to 31."),
        ("unit.unknown_pack", "There is no rule pack “x”."),
        ("unit.unknown_pack", "There is no rule pack “y”."),
    ]
    assert refused.value.answers[1].advice("en") == "The packs are: lao_cai."
    commune.refresh_from_db()
    assert (commune.settings, commune.version, Event.objects.count()) == ({}, 1, 0)


def test_a_closed_unit_is_left_as_it_is() -> None:
    closed = unit(Level.BASE, closed_on=ON)
    with pytest.raises(Refused, match=r"unit\.closed"):
        configure(WHO, closed.pk, lambda own: Settings(3), on=ON)
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    "kept",
    [
        {"meeting_reminder_day": 0}, {"meeting_reminder_day": 32}, {"meeting_reminder_day": "3"},
        {"meeting_reminder_day": None}, {"packs": "lao_cai"}, {"packs": ["lao_cai"]}, {"packs": [["lao_cai", None]]},
        {"colour": "red"},
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_is_no_setting(kept: dict[str, Any]) -> None:
    commune = chain()[1]
    with pytest.raises(IntegrityError, match="unit_settings"), transaction.atomic():
        Unit.objects.filter(pk=commune.pk).update(settings=kept)
