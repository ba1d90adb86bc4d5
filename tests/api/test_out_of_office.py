"""Assignments end on their day, and sessions with them: an open page, a token, an export under way, one office of two."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.assigning import end_office, give_office
from backend.accounts.models import Token, User
from backend.accounts.policy import Actor
from backend.alerts.sweep import sweep
from backend.core import clock
from tests.api.conftest import ON, traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world
from workflows.offices import Office

pytestmark = pytest.mark.real
PASSWORD, NEXT_DAY = "mật khẩu dài 2026", date(2026, 11, 3)
SAID = "Chức vụ cuối cùng của đồng chí đã kết thúc ngày 02/11/2026. Khi được giao chức vụ khác, đồng chí đăng nhập lại được."
OPERATOR = Actor.operator("test")


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    """The secretary's office ends today."""
    cache.clear()
    made = make_world()
    made.members(3)
    user = secretary()
    user.set_password(PASSWORD)
    user.save()
    end_office(OPERATOR, user, Office.CELL_SECRETARY, made.cell.pk, last_day=ON)
    return made


def secretary() -> User:
    return User.objects.get(username="secretary")


def page() -> Client:
    """A browser in which the secretary is signed in."""
    client = Client()
    with as_role("chibo_app"):
        sent = client.post("/sign-in/", {"username": "secretary", "password": PASSWORD})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/")
    return client


def token() -> APIClient:
    client = APIClient()
    with as_role("chibo_app"):
        given = client.post("/api/v1/tokens/", {"username": "secretary", "password": PASSWORD})
    client.credentials(HTTP_AUTHORIZATION=f"Token {given.json()['token']}")
    return client


def get(client: Any, address: str) -> Any:
    with as_role("chibo_app"):
        return client.get(address)


def test_an_open_session_ends_with_the_day(world: World) -> None:
    client = page()
    assert get(client, "/deadlines/").status_code == 200
    assert len(get(client, "/api/v1/members/").json()["results"]) == 3
    clock.move_to(NEXT_DAY)
    assert get(client, "/api/v1/members/").status_code == 401
    assert get(client, "/deadlines/").headers["Location"] == "/sign-in/?next=/deadlines/"
    assert "sessionid" not in client.cookies or not client.cookies["sessionid"].value
    clock.move_to(ON)
    assert get(client, "/api/v1/members/").status_code == 401, "it does not come back with the office"


def test_a_token_ends_with_the_day(world: World) -> None:
    client, before = token(), traces()
    assert get(client, "/api/v1/me/").status_code == 200
    clock.move_to(NEXT_DAY)
    for address in ("members/", "me/", "me/preferences/"):
        told = get(client, f"/api/v1/{address}")
        assert told.status_code == 401, address
    assert not Token.objects.filter(user=secretary()).exists()
    assert traces() == before


def test_whoever_is_out_of_office_is_told_at_the_door(world: World) -> None:
    clock.move_to(NEXT_DAY)
    with as_role("chibo_app"):
        told = APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": PASSWORD})
        shown = Client().post("/sign-in/", {"username": "secretary", "password": PASSWORD})
        wrong = APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": "eine andere"})
    assert (told.status_code, told.json()["detail"]) == (401, SAID)
    assert (shown.status_code, SAID in shown.content.decode()) == (200, True)
    assert wrong.json()["detail"] != SAID, "only to whoever knows the password"
    assert not Token.objects.exists()


def test_another_office_goes_on_and_a_later_one_opens_on_its_day(world: World) -> None:
    give_office(OPERATOR, secretary(), Office.CELL_DEPUTY, world.other.pk, since=date(2026, 11, 10))
    clock.move_to(NEXT_DAY)
    with as_role("chibo_app"):
        told = APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": PASSWORD})
    assert told.status_code == 401
    clock.move_to(date(2026, 11, 10))
    client = token()
    me = get(client, "/api/v1/me/").json()
    assert [(one["office"], one["unit_id"]) for one in me["assignments"]] == [("cell_deputy", world.other.pk)]
    assert get(client, "/api/v1/members/").json()["results"] == []
    ended = {"X-Chibo-Assignment": str(world.actor("secretary").assignment_id)}
    with as_role("chibo_app"):
        assert client.get("/api/v1/members/", headers=ended).status_code == 403, "the office that is over is not chosen"


def test_an_export_under_way_is_ended_by_no_midnight_but_none_begins_after_it(world: World) -> None:
    world.probation(world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10"), date(2025, 9, 10))
    sweep(ON)
    client = token()
    begun = get(client, "/api/v1/alerts/ledger/csv/")
    clock.move_to(NEXT_DAY)
    with as_role("chibo_app"):
        lines = b"".join(begun).decode().splitlines()
    assert len(lines) > 1
    assert {world.cell.code in line for line in lines[1:]} == {True}
    assert get(client, "/api/v1/alerts/ledger/csv/").status_code == 401


def test_whoever_never_held_an_office_signs_in_to_choose_a_password(world: World) -> None:
    User.objects.create_user("new", password=PASSWORD, full_name="Người mới", password_must_change=True)
    client = APIClient()
    with as_role("chibo_app"):
        given = client.post("/api/v1/tokens/", {"username": "new", "password": PASSWORD})
        client.credentials(HTTP_AUTHORIZATION=f"Token {given.json()['token']}")
        change = {"old_password": PASSWORD, "new_password": "một mật khẩu khác"}
        assert client.post("/api/v1/me/password/", change).status_code == 204
        assert client.get("/api/v1/members/").status_code == 403
