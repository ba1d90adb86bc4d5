"""Handing one's reminders over on the page: for days, without a reason; seen by who may; taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Assignment
from backend.audit.models import Event
from tests.api.conftest import traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_acting import of
from tests.world import World, make_world

pytestmark = pytest.mark.real
COST = 26


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    return make_world()


def page(who: str) -> str:
    with as_role("chibo_app"):
        return " ".join(text(of(who).get("/substitutions/")).split())


def send(who: str, do: str, key: str = "", **typed: str) -> Any:
    client = of(who)
    with as_role("chibo_app"):
        fields = dict(re.findall(r'name="(key)" value="([^"]*)"', text(client.get("/substitutions/"))))
        client.get("/office/")
        fields |= {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "do": do, **typed}
        return client.post("/substitutions/", fields | ({"key": key} if key else {}))


def test_handed_over_once_seen_above_and_taken_back(world: World) -> None:
    key = "11111111-1111-4111-8111-111111111111"
    for _ in range(2):
        done = send("secretary", "substitute", key, until="20/11/2026")
        assert (done.status_code, done.headers["Location"]) == (302, "/substitutions/")
    holding = Assignment.objects.get(pk=world.actor("secretary").assignment_id)
    assert (f"{holding.handed_from}", f"{holding.handed_until}") == ("2026-11-02", "2026-11-20")
    assert Event.objects.filter(code="assignment.handed").count() == 1
    assert "Từ 02/11/2026 đến 20/11/2026 việc nhắc chuyển cho: Phó bí thư chi bộ" in page("secretary")
    for who in ("deputy", "officer", "auditor"):
        assert "từ 02/11/2026 đến 20/11/2026 · Phó bí thư chi bộ" in page(who), who
    assert "Không có ai đang được làm thay." in page("other_secretary")
    assert send("secretary", "end").status_code == 302
    assert "Không có ai đang được làm thay." in page("officer")
    before = traces()
    assert send("secretary", "end").status_code == 302  # nothing to take back is said, not done
    assert traces() == before


@pytest.mark.parametrize(
    "typed", [{"until": "01/11/2026"}, {"until": ""}, {"until": "20/11/2026", "since": "21/11/2026"}]
)
def test_days_that_cannot_be_are_said_beside_their_field(world: World, typed: dict[str, str]) -> None:
    before = traces()
    answer = send("secretary", "substitute", **typed)
    assert (answer.status_code, traces()) == (422, before)
    assert 'id="id_until_error"' in text(answer)


def test_an_office_for_which_nobody_stands_in_has_no_form(world: World) -> None:
    assert "<form" not in page("deputy").split("<main")[1].split("</main>")[0]
    before = traces()
    assert send("deputy", "substitute", until="20/11/2026").status_code == 404
    alone = send("other_secretary", "substitute", until="20/11/2026")
    assert (alone.status_code, traces()) == (422, before)
    assert "Phó bí thư chi bộ" in text(alone)


def test_a_list_costs_the_same_at_one_row_and_at_three(world: World) -> None:
    costs = []
    for who in ("secretary", "officer", "committee"):
        send(who, "substitute", until="20/11/2026")
        client = of("province")
        client.get("/more/")
        with CaptureQueriesContext(connection) as caught:
            told = text(client.get("/substitutions/"))
        costs.append((told.count("từ 02/11/2026 đến 20/11/2026"), len(caught)))
    assert costs == [(1, COST), (2, COST), (3, COST)]
