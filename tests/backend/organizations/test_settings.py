"""What a unit settles for itself and those below it: the nearest day, every pack, an event for each change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.core.errors import Refused
from backend.organizations.models import Unit
from backend.organizations.settings import Settings, configure, effective
from tests.backend.alerts.rows import chain, unit
from tests.roles import as_role
from workflows.offices import Level

pytestmark = pytest.mark.django_db
WHO = Actor.operator("root").who()
ON = date(2026, 11, 2)


def test_the_nearest_day_holds_and_packs_add_up() -> None:
    chain = [
        {"meeting_reminder_day": 3, "packs": ["a"]},
        {},
        {"meeting_reminder_day": 10, "packs": ["b"]},
        {"packs": []},
    ]
    assert Settings.along(chain) == Settings(10, frozenset({"a", "b"}))
    assert Settings.along([]) == Settings()


def test_what_holds_for_many_units_is_looked_up_at_once(django_assert_num_queries: Any) -> None:
    province, commune, cell = chain()
    other = unit(Level.CELL, commune)
    Unit.objects.filter(pk=province.pk).update(settings={"packs": ["lao_cai"]})
    Unit.objects.filter(pk=cell.pk).update(settings={"meeting_reminder_day": 5})
    with django_assert_num_queries(1):
        found = effective([cell, other, province])
    assert found == {
        cell.pk: Settings(5, frozenset({"lao_cai"})), other.pk: Settings(None, frozenset({"lao_cai"})),
        province.pk: Settings(None, frozenset({"lao_cai"})),
    }  # fmt: skip


def test_a_change_is_one_event_and_no_change_is_none() -> None:
    commune = chain()[1]
    wanted = Settings(3, frozenset({"lao_cai"}))
    with as_role("chibo_jobs"):
        for _ in range(2):
            configure(WHO, commune.pk, lambda own: wanted, on=ON)
    commune.refresh_from_db()
    assert (commune.settings, commune.version) == ({"meeting_reminder_day": 3, "packs": ["lao_cai"]}, 2)
    event = Event.objects.get()
    assert (event.code, event.subject_kind, event.subject_id, event.version, event.office, event.on_date) == (
        "unit.configured", "unit", commune.pk, 2, "operator", ON,
    )  # fmt: skip
    assert event.facts == {"was": {}, "now": {"meeting_reminder_day": 3, "packs": ["lao_cai"]}}
    configure(WHO, commune.pk, lambda own: Settings(), on=ON)
    commune.refresh_from_db()
    assert (commune.settings, commune.version, Event.objects.count()) == ({}, 3, 2)


@pytest.mark.parametrize("day", [0, 32, -1])
def test_everything_wrong_is_said_at_once_and_nothing_is_written(day: int) -> None:
    commune = chain()[1]
    with pytest.raises(Refused) as refused:
        configure(WHO, commune.pk, lambda own: Settings(day, frozenset({"x", "y", "lao_cai"})), on=ON)
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
        {"meeting_reminder_day": None}, {"packs": "lao_cai"}, {"colour": "red"},
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_is_no_setting(kept: dict[str, Any]) -> None:
    commune = chain()[1]
    with pytest.raises(IntegrityError, match="unit_settings"), transaction.atomic():
        Unit.objects.filter(pk=commune.pk).update(settings=kept)
