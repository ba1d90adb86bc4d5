"""A token is as narrow as it was made, ends on its day, is kept as a hash, and can be taken away; by API and by page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import Assignment, Token, User
from backend.accounts.tokens import Wanted, make_token, tokens_of
from backend.audit.models import Event
from backend.core.errors import NotPermitted
from tests.api.conftest import traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import PASSWORD, send, sign_in, text, with_password
from tests.world import World, make_world

MINE, ENTER = "/api/v1/me/tokens/", "/api/v1/members/"


@pytest.fixture
def world(db: None) -> World:
    return prepared()


def prepared() -> World:
    cache.clear()
    world = make_world()
    for name in ("secretary", "deputy"):
        with_password(name)
    return world


def program(token: str, **headers: str) -> APIClient:
    client = APIClient(headers=headers)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def signed_in(name: str = "secretary", **wanted: Any) -> APIClient:
    given = APIClient().post("/api/v1/tokens/", {"username": name, "password": PASSWORD, **wanted})
    assert given.status_code == 201, given.content
    return program(given.json()["token"])


def held(name: str) -> int:
    return Assignment.objects.get(user__username=name).pk


def test_a_token_for_reading_changes_nothing_and_can_be_given_up(world: World) -> None:
    reader, before = signed_in(scope="read"), traces()
    assert reader.get(ENTER).status_code == 200
    for place in (ENTER, "/api/v1/cases/", "/api/v1/bulk/steps/", "/api/v1/me/password/", MINE, "/api/v1/me/chat/"):
        told = reader.post(place, {})
        assert (told.status_code, told.json()["code"]) == (403, "token_read_only"), place
    assert traces() == before
    assert reader.post("/api/v1/tokens/revoke/").status_code == 204
    assert reader.get(ENTER).status_code == 401


def test_a_token_of_one_office_acts_in_no_other_and_makes_none(world: World) -> None:
    user = User.objects.get(username="secretary")
    second = Assignment.objects.create(
        user=user, office="cell_deputy", unit=world.other, unit_path=world.other.path, from_date=date(2026, 1, 1)
    )
    bound = signed_in(assignment=second.pk)
    assert bound.get("/api/v1/me/").json()["current"]["unit_id"] == world.other.pk
    refused = bound.get(ENTER, headers={"X-Chibo-Assignment": str(held_first(user, second))})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert bound.get(ENTER, headers={"X-Chibo-Assignment": str(second.pk)}).status_code == 200
    before = traces()
    for place, body in ((MINE, {}), (f"{MINE}revoke/", {"id": str(uuid4())}), ("/api/v1/me/sessions/end/", {})):
        assert bound.post(place, body).status_code == 403, place
    assert traces() == before
    Assignment.objects.filter(pk=second.pk).update(
        to_date=date(2026, 10, 31)
    )  # the office ends, and the token's use with it
    assert bound.get(ENTER).status_code == 403
    assert bound.get("/api/v1/me/").json()["current"] is None


def test_a_token_of_one_office_opens_and_redirects_nothing_that_is_its_owners_across_offices(world: World) -> None:
    """Calendar, letters, chat, devices and preferences tell of all offices, and would stay when the token is gone."""
    user = User.objects.get(username="secretary")
    bound, free = signed_in(assignment=held("secretary")), signed_in()
    doors = [
        ("post", "calendar/", {}), ("delete", "calendar/", {}), ("put", "address/", {"email": "lan@example.org"}),
        ("put", "chat/", {"url": "tgram://1:2/3"}), ("delete", "chat/", {}), ("put", "preferences/", {"letter_hour": 9}),
        ("post", "devices/", {"endpoint": "https://push.example.org/1", "keys": {"p256dh": "a", "auth": "b"}}),
        ("delete", "devices/1/", {}), ("post", "password/", {"old_password": PASSWORD, "new_password": f"{PASSWORD}-2"}),
    ]  # fmt: skip
    opened = free.post("/api/v1/me/calendar/").json()["address"]
    before, letters = traces(), user.email
    for method, door, body in doors:
        refused = getattr(bound, method)(f"/api/v1/me/{door}", body, format="json")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted"), door
    user.refresh_from_db()
    assert (traces(), user.email) == (before, letters)
    assert Client().get(f"/calendar/{opened.rpartition('/')[2]}").status_code == 200
    for door in ("calendar/", "address/", "chat/", "preferences/", "devices/"):
        assert bound.get(f"/api/v1/me/{door}").status_code == 200, door
    assert free.put("/api/v1/me/preferences/", {"letter_hour": 9}, format="json").status_code == 200


def held_first(user: User, other: Assignment) -> int:
    return Assignment.objects.filter(user=user).exclude(pk=other.pk).get().pk


def test_a_token_ends_with_its_last_day(world: World) -> None:
    today = timezone.localdate()
    client = signed_in(until=today.isoformat())
    (row,) = tokens_of(world.actor("secretary").user_id or 0)
    ends = timezone.localtime(row.expiry)
    assert (ends.date(), ends.hour, ends.minute, ends.second) == (today, 23, 59, 59)
    assert Event.objects.latest("id").facts["until"] == today.isoformat()
    assert client.get(ENTER).status_code == 200
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert (client.get(ENTER).status_code, tokens_of(row.user_id)) == (401, [])


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [({"days": -1}, ["token.not_then"]), ({"days": 366}, ["token.not_then"]), ({"days": 365}, []), ({"days": 0}, []),
     ({"assignment": "deputy"}, ["token.not_held"]), ({"assignment": 987654321}, ["token.not_held"])],
)  # fmt: skip
def test_what_a_token_cannot_be_is_said(world: World, wanted: dict[str, Any], codes: list[str]) -> None:
    body: dict[str, Any] = {}
    if "days" in wanted:
        body["until"] = (timezone.localdate() + timedelta(days=wanted["days"])).isoformat()
    if "assignment" in wanted:
        body["assignment"] = held("deputy") if wanted["assignment"] == "deputy" else wanted["assignment"]
    client = signed_in(until=(timezone.localdate() + timedelta(days=365)).isoformat())
    before = Event.objects.count(), Token.objects.count()
    told = client.post(MINE, body)
    assert (told.status_code, [one["code"] for one in told.json().get("unmet", [])]) == (422 if codes else 201, codes)
    if codes:
        assert (Event.objects.count(), Token.objects.count()) == before
    for odd in ({"scope": "all"}, {"until": "x"}, {"label": "x" * 61}, {"user": 1}):
        assert client.post(MINE, odd).status_code == 400


def test_a_token_makes_none_that_outlives_it(world: World) -> None:
    today = timezone.localdate()
    client = signed_in(until=(today + timedelta(days=2)).isoformat())
    before = traces()
    told = client.post(MINE, {"until": (today + timedelta(days=3)).isoformat()})
    (why,) = told.json()["unmet"]
    assert (told.status_code, why["code"], why["fact"]) == (422, "token.outlives", "until")
    assert traces() == before
    client.post(MINE, {"until": (today + timedelta(days=1)).isoformat()})
    assert client.post(MINE, {}).status_code == 201  # thirty days as a rule: here the two that are left
    ends = sorted(timezone.localtime(one.expiry).date() for one in Token.objects.all())
    assert [(one - today).days for one in ends] == [1, 2, 2]


def test_what_a_token_made_ends_with_it(world: World) -> None:
    """Whoever found one cannot keep a way in by making others; what was made beside it stays."""
    found = signed_in()
    child = found.post(MINE, {"label": "con"}).json()
    grandchild = program(child["token"]).post(MINE, {"label": "cháu"}).json()
    beside = signed_in()
    own = Token.objects.get(label="", made__label="con")
    with as_role("chibo_app"):
        assert beside.post(f"{MINE}revoke/", {"id": str(own.uid)}).status_code == 204
    answers = [program(one["token"]).get(ENTER).status_code for one in (child, grandchild)]
    assert ([found.get(ENTER).status_code, *answers], beside.get(ENTER).status_code) == ([401, 401, 401], 200)
    told = Event.objects.filter(code="user.token_revoked").order_by("id")
    assert [one.facts["token"] for one in told] == [str(own.uid), child["id"], grandchild["id"]]


def test_tokens_are_listed_and_ended_by_their_owner_alone(world: World) -> None:
    client, other = signed_in(), signed_in("deputy")
    made = client.post(MINE, {"label": "Máy in", "scope": "read", "assignment": held("secretary")}).json()
    rows = client.get(MINE).json()["tokens"]
    assert [(one["label"], one["scope"], one["assignment_id"]) for one in rows] == [
        ("Máy in", "read", held("secretary")), ("", "full", None),
    ]  # fmt: skip
    assert "token" not in rows[0]
    row = Token.objects.get(uid=made["id"])
    assert made["token"] not in str(
        Token.objects.filter(pk=row.pk).values()
    )  # a hash, and the first letters to find it by
    event = Event.objects.latest("id")
    assert (event.code, made["token"] in str(event.line)) == ("user.token_made", False)
    assert other.post(f"{MINE}revoke/", {"id": made["id"]}).status_code == 404
    assert program(made["token"]).get(ENTER).status_code == 200
    assert client.post(f"{MINE}revoke/", {"id": made["id"]}).status_code == 204
    assert program(made["token"]).get(ENTER).status_code == 401
    assert client.post(f"{MINE}revoke/", {"id": made["id"]}).status_code == 404
    assert Event.objects.latest("id").code == "user.token_revoked"


def test_sessions_through_the_api(world: World) -> None:
    page, theirs = sign_in("secretary"), sign_in("deputy")
    client = signed_in()
    (row,) = client.get("/api/v1/me/sessions/").json()["sessions"]
    assert (row["address"], row["here"]) == ("192.0.2.7", False)
    other = UserSession.objects.exclude(pk=row["id"]).get()
    assert client.post("/api/v1/me/sessions/end/", {"session": other.pk}).status_code == 404
    assert client.post("/api/v1/me/sessions/end/", {"session": row["id"]}).status_code == 204
    assert (page.get("/deadlines/").status_code, theirs.get("/deadlines/").status_code) == (302, 200)
    sign_in("secretary")
    assert client.post("/api/v1/me/sessions/end/", {}).status_code == 204
    assert client.get("/api/v1/me/sessions/").json() == {"sessions": []}


@pytest.mark.real
def test_the_page_under_the_application_role(committed_db: RealDatabase) -> None:
    prepared()
    form = {"label": "Máy in", "scope": "read", "assignment": str(held("secretary")), "until": "", "do": "make"}
    with as_role("chibo_app"):
        page = sign_in("secretary")
        shown = text(send(page, "/tokens/", **form))
        (token,) = re.findall(r'<input readonly value="(\w{64})">', shown)
        listed = text(page.get("/tokens/"))
        assert (token in listed, "Máy in · chỉ đọc · Bí thư chi bộ" in listed) == (False, True)
        assert program(token).get(ENTER).status_code == 200
        wrong = text(send(page, "/tokens/", **(form | {"until": "2020-01-01"})))
        assert "Mã truy cập phải hết hạn" in wrong
        (uid,) = re.findall(r'name="token" value="([0-9a-f-]{36})"', listed)
        assert send(page, "/tokens/", do="revoke", token="x").status_code == 404
        assert send(page, "/tokens/", do="revoke", token=uid).status_code == 302
        assert program(token).get(ENTER).status_code == 401


def test_a_password_that_was_changed_meanwhile_makes_no_token(world: World) -> None:
    user = User.objects.get(username="secretary")
    with pytest.raises(NotPermitted):
        make_token(user.pk, Wanted(), shown="another hash")
    assert not Token.objects.exists()
