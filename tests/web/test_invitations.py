"""The slip on paper, from the office above to the sign-in, by pages and by the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import Assignment, Invitation, User
from backend.audit.models import Event
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import browser, send, sign_in, text, with_password
from tests.world import World, make_world

NEW = "một mật khẩu khác"
JOIN = "/api/v1/invitations/join/"


@pytest.fixture
def world(db: None) -> World:
    return prepared()


def prepared() -> World:
    cache.clear()
    world = make_world()
    for name in ("officer", "secretary"):
        with_password(name)
    return world


def asked(world: World, **more: str) -> dict[str, str]:
    return {
        "username": "moi", "full_name": "Lê Thị Mới", "office": "cell_deputy", "unit": world.other.code,
        "since": "2026-11-02", "do": "new",
    } | more  # fmt: skip


def api(name: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(User.objects.get(username=name))
    return client


@pytest.mark.real
def test_from_the_page_to_the_sign_in_under_the_application_role(committed_db: RealDatabase) -> None:
    world = prepared()
    with as_role("chibo_app"):
        officer = sign_in("officer")
        assert "Mời người dùng" in text(officer.get("/more/"))
        slip = text(send(officer, "/invitations/", **asked(world)))
        assert "moi" in slip
        (code,) = re.findall(r"<code>([a-z2-9-]{19})</code>", slip)
        assert code not in text(officer.get("/invitations/"))
        newcomer = browser()
        form = {"code": code, "full_name": "Lê Thị Mới", "new_password": NEW, "again": NEW}
        wrong = text(send(newcomer, "/invitation/", **(form | {"again": "x"})))
        assert "Hai lần nhập mật khẩu khác nhau; không có gì thay đổi." in wrong
        assert NEW not in wrong
        assert send(newcomer, "/invitation/", **form).headers["Location"] == "/sign-in/"
        assert "Đã đặt mật khẩu. Hãy đăng nhập bằng tên moi." in text(newcomer.get("/sign-in/"))
        assert send(newcomer, "/sign-in/", username="moi", password=NEW).headers["Location"] == "/"
        assert newcomer.get("/deadlines/").status_code == 200
        assert "đã được dùng hoặc đã hết hạn" in text(send(browser(), "/invitation/", **form))
        again = text(send(officer, "/invitations/", **{"again-username": "moi", "do": "again"}))
        assert re.findall(r"<code>([a-z2-9-]{19})</code>", again) != [code]
        assert newcomer.get("/deadlines/").status_code == 302  # what signed in before does so no more


@pytest.mark.parametrize(
    ("more", "said"),
    [({"username": "secretary"}, "Đã có người khác đăng nhập bằng tên này."),
     ({"unit": "99"}, "Không có đơn vị nào mang mã 99."),
     ({"office": "auditor"}, "Hãy chọn trong danh sách"),
     ({"since": "x"}, "Không có ngày này."),
     ({"do": "again", "again-username": "nobody"}, "Không có ai đăng nhập bằng tên nobody."),
     ({"do": "again", "again-username": "officer"}, "Chức vụ của đồng chí không được mời người này")],
)  # fmt: skip
def test_what_cannot_be_is_said_in_the_form(world: World, more: dict[str, str], said: str) -> None:
    page, before = sign_in("officer"), (User.objects.count(), Assignment.objects.count(), Event.objects.count())
    told = send(page, "/invitations/", **asked(world, **more))
    assert told.status_code == 200
    assert said in text(told)
    assert "<code>" not in text(told)
    assert (User.objects.count(), Assignment.objects.count(), Event.objects.count()) == before


def test_who_invites_nobody_finds_no_such_page(world: World) -> None:
    assert sign_in("secretary").get("/invitations/").status_code == 404
    assert browser().get("/invitations/").headers["Location"] == "/sign-in/?next=/invitations/"


def test_codes_are_tried_ten_times_a_minute_from_one_address(world: World) -> None:
    guess = {"code": "x", "full_name": "x", "new_password": NEW}
    stranger = APIClient(REMOTE_ADDR="203.0.113.9")
    assert [stranger.post(JOIN, guess).status_code for _ in range(11)] == [422] * 10 + [429]
    assert APIClient().post(JOIN, guess).status_code == 422


def test_through_the_api(world: World) -> None:
    body: dict[str, Any] = {
        "username": "moi", "full_name": "Lê Thị Mới", "office": "cell_deputy", "unit_code": world.other.code,
        "since": "2026-11-02",
    }  # fmt: skip
    given = api("officer").post("/api/v1/invitations/", body)
    assert (given.status_code, set(given.json())) == (201, {"username", "full_name", "code", "expires_at"})
    assert api("officer").post("/api/v1/invitations/", body).json()["unmet"][0]["code"] == "user.name_taken"
    again = api("officer").post("/api/v1/invitations/again/", {"username": "MOI"})
    assert again.status_code == 201
    typed = {"full_name": "Lê Thị Mới", "new_password": NEW}
    assert APIClient().post(JOIN, typed | {"code": given.json()["code"]}).status_code == 422
    joined = APIClient().post(JOIN, typed | {"code": again.json()["code"]})
    assert (joined.status_code, joined.json()) == (200, {"username": "moi", "full_name": "Lê Thị Mới"})
    assert Invitation.objects.count() == 0
    for name in ("secretary", "auditor"):
        for path, sent in (("", body), ("again/", {"username": "nobody"}), ("factors/", {"username": "nobody"})):
            told = api(name).post(f"/api/v1/invitations/{path}", sent)
            assert (told.status_code, told.json()["code"]) == (403, "not_permitted"), (name, path)
    far = api("officer").post("/api/v1/invitations/", body | {"username": "khac", "unit_code": world.province.code})
    assert far.json()["unmet"][0]["code"] == "unit.unknown"
