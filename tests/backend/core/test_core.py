"""The small things everything stands on: ids, the clock, the catalogue in the database, the nudge."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from backend.core import clock
from backend.core import nudge as nudging
from backend.core.catalogue import sync
from backend.core.checks import catalogue_is_sound
from backend.core.db import execute
from backend.core.errors import DateNotMovable
from backend.core.ids import uuid7
from backend.core.models import WorkflowEdge, WorkflowState
from workflows import catalogue


def test_ids_are_version_7_and_sort_by_time() -> None:
    first, later = uuid7(), uuid7()
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first.int >> 80 <= later.int >> 80
    assert first != later


@pytest.mark.django_db
def test_business_date_moves_where_it_may(settings: Any) -> None:
    clock.move_to(date(2027, 3, 1))
    assert clock.today() == date(2027, 3, 1)
    clock.move_to(None)
    assert clock.today() == timezone.localdate()
    settings.CHIBO_MOVABLE_DATE = False
    with pytest.raises(DateNotMovable):
        clock.move_to(date(2027, 3, 1))
    assert clock.today() == timezone.localdate()


@pytest.mark.django_db
def test_catalogue_stands_in_the_database() -> None:
    edges = set(WorkflowEdge.objects.values_list("lifecycle", "field", "source", "target", "step"))
    assert edges == catalogue.edges()
    WorkflowEdge.objects.all().delete()
    assert sync() == (len(catalogue.states()), len(catalogue.edges()))
    assert WorkflowState.objects.count() == len(catalogue.states())


@pytest.mark.django_db
def test_only_what_asks_for_it_is_planned_once() -> None:
    for number in range(7):
        assert execute("SELECT 41 + %s::int", [number], prepared=True) == [(41 + number,)]
    (plans,) = execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement ~ '^SELECT 41'")
    assert plans == (2, 5)
    execute("SELECT 42 + %s::int", [1])
    assert execute("SELECT count(*) FROM pg_prepared_statements WHERE statement ~ '^SELECT 42'") == [(0,)]


def test_unsound_catalogue_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalogue_is_sound() == []
    monkeypatch.setattr(catalogue, "check", lambda: ["A state nobody reaches."])
    assert [one.msg for one in catalogue_is_sound()] == ["A state nobody reaches."]


def test_nudge_without_a_broker_is_a_lost_nudge_only(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    nudging._broker.cache_clear()
    nudging._last.clear()
    try:
        assert nudging.nudge("jobs.seal") is False
    finally:
        nudging._broker.cache_clear()
