"""Notices in the API are read by whom their letters go to: the holder of the office, or the deputy of an empty seat."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import Assignment, User
from backend.alerts.letters import make_letters
from backend.alerts.models import Enclosure, Notice
from backend.alerts.sweep import sweep
from backend.deadlines.models import Deadline
from tests.api.conftest import ON
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.real
TOMORROW = ON + timedelta(days=1)
SITUATIONS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "held": ({}, {"secretary"}),
    "ended yesterday": ({"to_date": ON - timedelta(days=1)}, {"deputy"}),
    "ends today": ({"to_date": ON}, {"secretary"}),
    "from tomorrow": ({"from_date": TOMORROW}, {"deputy"}),
    "signs in no more": ({"user__is_active": False}, {"deputy"}),
}


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    """A probation whose review was due some weeks ago: the sweep has something to say to the cell's secretary."""
    cache.clear()
    world = make_world()
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    world.probation(member, date(2025, 9, 10))
    return world


def change(world: World, fields: dict[str, Any]) -> None:
    held = Assignment.objects.get(pk=world.actor("secretary").assignment_id)
    for name, value in fields.items():
        row = held.user if name.startswith("user__") else held
        setattr(row, name.removeprefix("user__"), value)
        row.save()


def shown(username: str) -> list[int]:
    """The notices that the API shows this person under the application's role; none to whom it does not let in."""
    client = APIClient()
    client.force_authenticate(User.objects.get(username=username))
    with as_role("chibo_app"):
        answer = client.get("/api/v1/notices/")
        found = [one["id"] for one in answer.json().get("results", [])]
        assert all(client.get(f"/api/v1/notices/{one}/").status_code == 200 for one in found)
    return sorted(found)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_list_is_read_by_whom_the_letters_go_to(world: World, situation: str) -> None:
    fields, readers = SITUATIONS[situation]
    change(world, fields)
    with as_role("chibo_jobs"):
        sweep(ON)
        make_letters(ON, force_morning=True)
    said = sorted(Notice.objects.filter(unit_id=world.cell.pk, channel="mail").values_list("id", flat=True))
    assert said
    in_cell = {"secretary", "deputy"}
    letters = Enclosure.objects.filter(notice_id__in=said).values_list("letter__user__username", flat=True)
    assert set(letters) & in_cell == readers
    active = {name for name in in_cell if User.objects.get(username=name).is_active}
    assert {name for name in active if set(said) <= set(shown(name))} == readers
    assert {name for name in active if shown(name)} == readers
    assert shown("other_secretary") == []


def test_a_deputy_who_holds_another_office_too_reads_for_the_one_that_was_chosen(world: World) -> None:
    change(world, {"to_date": ON - timedelta(days=1)})
    with as_role("chibo_jobs"):
        sweep(ON)
    deputy = User.objects.get(username="deputy")
    second = Assignment.objects.create(
        user=deputy, office=Office.CELL_COMMITTEE, unit=world.cell, unit_path=world.cell.path, from_date=ON
    )
    client = APIClient()
    client.force_authenticate(deputy)
    counts = []
    with as_role("chibo_app"):
        for assignment in (world.actor("deputy").assignment_id, second.pk):
            answer = client.get("/api/v1/notices/", headers={"X-Chibo-Assignment": str(assignment)})
            counts.append(len(answer.json()["results"]))
    assert counts[0] > 0
    assert counts[1] == 0


def test_the_deputy_of_another_cell_reads_nothing(world: World) -> None:
    change(world, {"to_date": ON - timedelta(days=1)})
    person("other_deputy", Office.CELL_DEPUTY, world.other)
    with as_role("chibo_jobs"):
        sweep(ON)
    assert Deadline.objects.filter(unit_id=world.cell.pk).exists()
    assert shown("other_deputy") == []
