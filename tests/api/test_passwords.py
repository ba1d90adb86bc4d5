"""A one-time password opens one door at the API and one page; there it is exchanged, with the tries of signing in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from backend.accounts.models import Token, User
from backend.audit.models import Event
from tests.api.conftest import traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world

OLD, NEW = "mật khẩu dài 2026", "một mật khẩu khác"
CHANGE = {"old_password": OLD, "new_password": NEW}
PLACE = "/api/v1/me/password/"
OPEN = {
    ("post", PLACE),
    ("post", "/api/v1/invitations/join/"),
    ("post", "/api/v1/tokens/"),
    ("post", "/api/v1/tokens/revoke/"),
}
"""What a one-time password does not close."""


@pytest.fixture
def user(world: World) -> User:
    return given_a_password()


def given_a_password(*, must_change: bool = True) -> User:
    user = User.objects.get(username="secretary")
    user.set_password(OLD)
    user.password_must_change = must_change
    user.save()
    return user


def with_token(password: str = OLD) -> APIClient:
    client = APIClient()
    given = client.post("/api/v1/tokens/", {"username": "secretary", "password": password})
    assert given.status_code == 201, given.content
    client.credentials(HTTP_AUTHORIZATION=f"Token {given.json()['token']}")
    return client


def test_every_other_door_says_what_to_do_first(user: User) -> None:
    client, tried, before = with_token(), 0, traces()
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    for path, methods in document["paths"].items():
        for method in {"get", "post"} & set(methods):
            if (method, path) in OPEN:
                continue
            address = path
            for one in methods[method].get("parameters", []):
                known = {"uid": "00000000-0000-7000-8000-000000000000", "key": "recognition", "step": "propose"}
                address = address.replace(f"{{{one['name']}}}", known.get(one["name"], "1"))
            told = client.get(address) if method == "get" else client.post(address, {})
            assert (told.status_code, told.json()["code"]) == (403, "password_must_change"), (method, address)
            assert PLACE in told.json()["detail"]
            tried += 1
    assert tried >= 37
    assert traces() == before


def test_the_token_says_so_and_the_exchange_opens_everything(user: User) -> None:
    said = APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": OLD}).json()
    assert said["password_must_change"] is True
    client, other = with_token(), with_token()
    assert client.post(PLACE, CHANGE).status_code == 204
    assert client.get("/api/v1/members/").status_code == 200
    assert other.get("/api/v1/members/").status_code == 401
    assert APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": OLD}).status_code == 401
    again = APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": NEW}).json()
    assert again["password_must_change"] is False


def test_a_token_is_not_given_for_a_password_that_was_changed_meanwhile(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was let in a moment before the change gets no token after it: none would be there to be deleted."""
    before = User.objects.get(pk=user.pk)
    assert with_token().post(PLACE, CHANGE).status_code == 204
    kept = Token.objects.count()
    monkeypatch.setattr("backend.api.v1.tokens.authenticate", lambda *_args, **_words: before)
    late = APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": OLD})
    assert (late.status_code, Token.objects.count()) == (401, kept)


def test_a_refused_change_lists_every_reason_in_both_languages(user: User) -> None:
    client, before = with_token(), Event.objects.count()
    told = client.post(PLACE, {"old_password": "?", "new_password": "12345"})
    assert (told.status_code, told.json()["code"]) == (422, "refused")
    assert [(one["code"], one["fact"], one["vi"], one["en"]) for one in told.json()["unmet"]] == [
        ("password.wrong", "old_password", "Mật khẩu hiện tại không đúng.", "The present password is another one."),
        ("password.too_short", "new_password", "Mật khẩu quá ngắn: phải có ít nhất 8 ký tự.",
         "The password is too short: it needs 8 characters at least."),
        ("password.too_common", "new_password", "Mật khẩu này quá phổ biến, kẻ xấu sẽ thử trước tiên.",
         "Many people use this password; it is among the first to be tried."),
        ("password.entirely_numeric", "new_password", "Mật khẩu chỉ gồm chữ số.",
         "The password is made of digits alone."),
    ]  # fmt: skip
    for body in ({}, CHANGE | {"user": 1}, CHANGE | {"new_password": ["x"]}):
        assert client.post(PLACE, body).status_code == 400
    user.refresh_from_db()
    assert (user.check_password(OLD), user.password_must_change, Event.objects.count()) == (True, True, before)


def test_whoever_found_a_token_cannot_guess_on(user: User) -> None:
    client = with_token()  # one try
    guesses = [client.post(PLACE, {"old_password": "?", "new_password": NEW}).status_code for _ in range(10)]
    assert guesses == [422] * 9 + [429]
    assert client.post(PLACE, CHANGE).status_code == 429
    user.refresh_from_db()
    assert user.check_password(OLD)


def signed_in(password: str = OLD) -> Client:
    browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": "vi"})
    assert send(browser, "/sign-in/", username="secretary", password=password).headers["Location"] == "/"
    return browser


def send(browser: Client, address: str, **form: str) -> Any:
    """As the page's own form does: with the token that the page brought."""
    browser.get("/" if address == "/sign-in/" else address)
    return browser.post(address, {**form, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value})


def test_the_page_leads_to_the_form_and_the_form_to_the_page(user: User) -> None:
    browser, other = signed_in(), signed_in()
    assert browser.get("/").headers["Location"] == "/password/"
    page = browser.get("/password/").content.decode()
    assert "mật khẩu dùng một lần" in page
    assert "<script>" not in page
    assert browser.get("/api/v1/members/").json()["code"] == "password_must_change"
    typed = {"old_password": OLD, "new_password": NEW, "again": NEW}
    assert send(browser, "/password/", **typed).headers["Location"] == "/"
    home = browser.get("/").content.decode()
    assert "Đã đổi mật khẩu; mọi phiên đăng nhập khác đã chấm dứt." in home
    assert browser.get("/api/v1/members/").status_code == 200
    assert other.get("/api/v1/members/").status_code == 401
    assert Session.objects.count() == 1  # the other one was thrown away when it knocked
    assert Event.objects.latest("id").code == "user.password_changed"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"again": NEW + "?"}, "Hai lần nhập mật khẩu khác nhau; không có gì thay đổi."),
        ({"old_password": "?"}, "Mật khẩu hiện tại không đúng."),
        ({"new_password": OLD, "again": OLD}, "Đây chính là mật khẩu hiện tại. Hãy nghĩ ra mật khẩu mới."),
    ],
)
def test_a_form_that_cannot_be_taken_comes_back_with_a_sentence(user: User, typed: dict[str, str], said: str) -> None:
    browser, before = signed_in(), Event.objects.count()
    form = {"old_password": OLD, "new_password": NEW, "again": NEW} | typed
    told = send(browser, "/password/", **form)
    assert (told.status_code, said in told.content.decode()) == (200, True)
    assert not [word for word in {*form.values()} - {"?"} if word in told.content.decode()]
    user.refresh_from_db()
    assert (user.check_password(OLD), user.password_must_change, Event.objects.count()) == (True, True, before)


def test_the_form_is_for_whoever_is_signed_in_and_counts_with_signing_in(user: User) -> None:
    assert Client().get("/password/").headers["Location"] == "/sign-in/?next=/password/"
    browser = signed_in()
    form = {"old_password": "?", "new_password": NEW, "again": NEW}
    assert [send(browser, "/password/", **form).status_code for _ in range(10)] == [200] * 9 + [429]


def test_monitors_and_the_way_out_stay_open(user: User) -> None:
    browser = signed_in()
    assert browser.get("/healthz").content == b"ok\n"
    assert browser.get("/nowhere/").status_code == 404
    assert send(browser, "/password/", old_password="").status_code == 200
    token = browser.cookies["csrftoken"].value
    assert browser.post("/sign-out/", {"csrfmiddlewaretoken": token}).headers["Location"] == "/"
    assert browser.get("/").status_code == 200


@pytest.mark.real
def test_under_the_application_role(committed_db: RealDatabase) -> None:
    cache.clear()
    make_world()
    user = given_a_password()
    with as_role("chibo_app"):
        client, other = with_token(), with_token()
        assert client.get("/api/v1/me/").status_code == 403
        assert client.post(PLACE, CHANGE).status_code == 204
        assert client.get("/api/v1/me/").status_code == 200
        assert other.get("/api/v1/me/").status_code == 401
        browser = signed_in(NEW)
        typed = {"old_password": NEW, "new_password": OLD, "again": OLD}
        assert send(browser, "/password/", **typed).status_code == 302
        assert client.get("/api/v1/me/").status_code == 401  # a token is no part of a page's session
    assert not Token.objects.exists()
    user.refresh_from_db()
    assert (user.check_password(OLD), user.version) == (True, 5)
