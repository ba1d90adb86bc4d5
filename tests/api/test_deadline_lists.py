"""The lists that letters lead to: what is open in one office's sight, by part and unit, page by page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from backend.accounts.models import User
from backend.alerts.wording import list_of
from backend.deadlines.models import Deadline
from tests.api.conftest import traces
from tests.backend.alerts.rows import deadline
from tests.roles import as_role
from tests.world import TODAY, World, person, unit
from workflows.offices import Level, Office

WEEK = date(2026, 11, 8)  # the Sunday of TODAY's week


def page_of(username: str, query: str = "", language: str = "en") -> tuple[int, str]:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(username=username))
    with as_role("chibo_app"):
        answer = client.get(f"/deadlines/{query}")
    return answer.status_code, answer.content.decode()


def listed(username: str, query: str = "") -> list[str]:
    status, page = page_of(username, query)
    assert status == 200
    return re.findall(r"<div>(CN-\w+) ·", page)


@pytest.fixture
def some(world: World) -> World:
    for cell, name in ((world.cell, "A"), (world.other, "B")):
        for place, day in enumerate((TODAY - timedelta(days=1), TODAY, WEEK, WEEK + timedelta(days=1))):
            deadline(cell, due=day, reference=f"CN-{name}{place}")
    Deadline.objects.filter(reference="CN-A1").update(status="met")
    return world


@pytest.mark.parametrize(
    ("who", "query", "found"),
    [
        ("secretary", "", ["CN-A0", "CN-A2", "CN-A3"]),
        ("secretary", "?part=overdue", ["CN-A0"]),
        ("secretary", "?part=week", ["CN-A2"]),
        ("secretary", "?part=later", ["CN-A3"]),
        ("officer", "?part=overdue", ["CN-A0", "CN-B0"]),
        ("officer", "?part=week&unit=87.107.000.000.002", ["CN-B1", "CN-B2"]),
        ("province", "?unit=87.107&part=later", ["CN-A3", "CN-B3"]),
    ],
)
def test_a_list_holds_what_is_open_in_sight(some: World, who: str, query: str, found: list[str]) -> None:
    before = traces()
    assert listed(who, query) == found
    assert traces() == before


def test_a_letters_link_leads_to_its_list(some: World) -> None:
    query = list_of(part="overdue", unit=some.other.code).partition("/deadlines/")[2]
    assert listed("officer", query) == ["CN-B0"]
    status, page = page_of("officer", query, "vi")
    assert status == 200
    assert "<h1>Thời hạn còn mở (1)</h1>" in page
    assert f"<p>{some.other.name} ({some.other.code})</p>" in page
    assert page.count("<script") == 1  # htmx, a file of ours


@pytest.mark.parametrize(
    "query", ["?unit=87.107.000.000.002", "?unit=NO", "?unit=%00", "?part=soon", "?office=987654321", "?office=x"]
)
def test_what_is_out_of_sight_or_unknown_is_not_there(some: World, query: str) -> None:
    assert page_of("secretary", query)[0] == 404


def test_pages_follow_one_another_and_a_made_up_one_is_the_nearest(some: World) -> None:
    for place in range(120):
        deadline(some.cell, due=TODAY + timedelta(days=100), reference=f"CN-P{place:03d}")
    pages = [listed("secretary", f"?part=later&page={number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 21]
    assert len({one for page in pages for one in page}) == 121
    assert listed("secretary", "?part=later&page=99") == pages[2]
    assert listed("secretary", "?part=later&page=x") == pages[0]
    _, text = page_of("secretary", "?part=later&page=2")
    assert 'href="?part=later&amp;page=1"' in text
    assert 'href="?part=later&amp;page=3"' in text
    assert "Page 2 of 3" in text


def test_whoever_has_two_offices_chooses_between_them(some: World) -> None:
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, some.province)
    away = unit("87.108.000.000.001", "Chi bộ xa", Level.CELL, far)
    deadline(away, reference="CN-FAR")
    actor = person("two", Office.CELL_SECRETARY, away)
    user = User.objects.get(username="two")
    second = some.actor("other_secretary")
    user.assignments.create(office=Office.CELL_DEPUTY, unit=some.other, unit_path=some.other.path, from_date=TODAY)
    assert second.unit_id == some.other.pk
    held = {one.unit_id: one.pk for one in user.assignments.all()}
    assert listed("two") == ["CN-FAR"]
    assert listed("two", f"?office={held[some.other.pk]}") == ["CN-B0", "CN-B1", "CN-B2", "CN-B3"]
    assert listed("two", f"?unit={some.other.code}&part=week") == ["CN-B1", "CN-B2"]
    assert f'href="?office={held[some.other.pk]}"' in page_of("two")[1]
    assert actor.unit_id == away.pk


def test_nobody_reads_it_without_signing_in_or_without_the_right(some: World) -> None:
    assert Client().get("/deadlines/").headers["Location"] == "/sign-in/?next=/deadlines/"
    person("boss", Office.ADMINISTRATOR, some.province)
    assert page_of("boss")[0] == 404
