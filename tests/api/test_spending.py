"""Paths and times through the door, under the application's role."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.cases.models import Case
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.real


@pytest.fixture
def case(committed_db: RealDatabase) -> tuple[World, Case]:
    cache.clear()
    world = make_world()
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    person("chi_uy", Office.CELL_COMMITTEE, world.cell)
    return world, world.probation(new, date(2025, 10, 30))


def get(who: str, address: str, query: dict[str, Any] | None = None) -> tuple[int, Any]:
    client = APIClient()
    client.force_authenticate(User.objects.get(username=who))
    with as_role("chibo_app"):
        answer = client.get(f"/api/v1/{address}", query or {}, headers={"Accept-Language": "en"})
    return answer.status_code, answer.json()


def test_the_path_of_a_case(case: tuple[World, Case]) -> None:
    _, one = case
    for who in ("auditor", "secretary", "officer"):
        status, told = get(who, f"cases/{one.pk}/path/")
        assert status == 200
        (stay,) = told["stays"]
        assert (stay["state"], stay["state_label"]["en"]) == ("probation", "Probation")
        assert (stay["step"], stay["office"], stay["entered_on"], stay["left_on"], stay["days"]) == (
            "take_over", "operator", "2026-01-01", None, 305,
        )  # fmt: skip
    assert get("other_secretary", f"cases/{one.pk}/path/")[0] == 404
    assert get("chi_uy", f"cases/{one.pk}/path/")[0] == 403


def test_times_by_unit_and_period(case: tuple[World, Case]) -> None:
    world, _ = case
    status, told = get("auditor", "times/", {"lifecycle": "recognition"})
    assert (status, told["first"], told["last"]) == (200, "2025-11-02", "2026-11-02")
    (state,) = told["states"]
    assert {name: value for name, value in state.items() if name != "state_label"} == {
        "state": "probation", "ended": 0, "median": None, "longest": None, "still": 1, "median_still": 305,
        "in_period": 306,
    }  # fmt: skip
    assert get("auditor", "times/", {"lifecycle": "recognition", "unit": world.other.pk})[1]["states"] == []
    assert get("other_secretary", "times/", {"lifecycle": "recognition"})[1]["states"] == []
    assert get("chi_uy", "times/", {"lifecycle": "recognition"})[0] == 403


@pytest.mark.parametrize(("query", "field", "says"), [
    ({}, "lifecycle", "This field is required."),
    ({"lifecycle": "membership"}, "lifecycle", "cannot be chosen here"),
    ({"lifecycle": "recognition", "last": "2026-11-03"}, "last", "still to come"),
    ({"lifecycle": "recognition", "first": "2026-11-02", "last": "2026-11-01"}, "last", "before the first"),
    ({"lifecycle": "recognition", "unit": 987_654_321}, "unit", "You see no unit with this number."),
])  # fmt: skip
def test_times_that_cannot_be_told(case: tuple[World, Case], query: dict[str, Any], field: str, says: str) -> None:
    status, told = get("auditor", "times/", query)
    assert status == 400
    (error,) = told["errors"]
    assert error["field"] == field
    assert says in error["detail"]
