"""The small things everything stands on: ids, the clock, the catalogue in the database, the nudge."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from backend.core import clock
from backend.core import nudge as nudging
from backend.core.catalogue import sync
from backend.core.checks import catalogue_is_sound
from backend.core.db import execute
from backend.core.encoding import canonical
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


_PLAIN = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"]))
)


@given(
    st.recursive(
        _PLAIN,
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    )
)
def test_canonical_json_is_what_the_standard_library_writes(value: Any) -> None:
    assert canonical(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_canonical_json_writes_days_and_ids_as_iso_text_and_refuses_the_rest() -> None:
    moment = datetime(2026, 11, 24, 7, 5, 9, 120, UTC)
    value = {"b": [date(2026, 2, 3), moment], "a": UUID(int=7)}
    assert canonical(value).decode() == (
        '{"a":"00000000-0000-0000-0000-000000000007","b":["2026-02-03","2026-11-24T07:05:09.000120+00:00"]}'
    )
    for bad in ("\ud800", 2**70, {1: 2}, object()):
        with pytest.raises(TypeError):
            canonical(bad)
