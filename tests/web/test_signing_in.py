"""Signing in gives a stranger nothing: no hint who has an account, no lock-out of others, no sign-up, no way elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import now
from django.utils.translation import override
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.accounts.session_cookie import signed
from backend.accounts.sessions import device, drop_sessions
from backend.audit.models import Event
from tests.roles import as_role
from tests.web.people import PASSWORD, browser, send, sign_in, text, with_password
from tests.world import World, make_world

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    made = make_world()
    for name in ("secretary", "deputy"):
        with_password(name)
    return made


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each time that a password is hashed."""
    seen: list[str] = []
    real = MD5PasswordHasher.encode

    def encode(self: Any, password: str, salt: str) -> str:
        seen.append(password)
        return str(real(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    return seen


def test_whether_there_is_an_account_cannot_be_told_by_words_or_work(world: World, hashed: list[str]) -> None:
    """Hashing is nearly all the time a sign-in takes; for the unknown, the invited and the locked it is done as often."""
    invited, closed = User.objects.get(username="officer"), with_password("auditor")
    invited.set_unusable_password()
    invited.save()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    told = set()
    for name in ("secretary", "nobody", invited.username, closed.username):
        hashed.clear()
        page = browser().post  # without CSRF nothing is hashed
        assert (page("/sign-in/", {"username": name, "password": "?"}).status_code, hashed) == (403, [])
        answer = send(browser(), "/sign-in/", username=name, password="sai mật khẩu")
        api = APIClient().post("/api/v1/tokens/", {"username": name, "password": "sai mật khẩu"})
        told.add((answer.status_code, api.status_code, api.json()["detail"], len(hashed)))
        assert 'role="alert"' in text(answer)
    assert told == {(200, 401, "Sai tên hoặc mật khẩu.", 2)}


def test_a_stranger_who_guesses_does_not_lock_the_owner_out(world: World) -> None:
    stranger = browser(address="203.0.113.9")
    told = [send(stranger, "/sign-in/", username="secretary", password=f"{at}").status_code for at in range(14)]
    assert told == [200] * 10 + [429] * 4
    for forged in ("192.0.2.7", "203.0.113.1"):
        headers = {"X-Forwarded-For": forged}
        assert stranger.post("/sign-in/", {"username": "secretary"}, headers=headers).status_code in {403, 429}
    assert sign_in("secretary", browser(address="192.0.2.7")).get("/deadlines/").status_code == 200


def test_a_session_begins_anew_with_the_sign_in(world: World) -> None:
    """Who planted a session's key before knows none of the session after (session fixation)."""
    page = browser()
    session = page.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    page.cookies["sessionid"] = signed(before or "")
    sign_in("secretary", page)
    assert page.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_key_read_in_the_database_opens_nothing(world: World) -> None:
    """As in a stolen backup: the cookie is the key with a signature, which stands nowhere."""
    there, thief = sign_in("secretary"), browser()
    (key,) = Session.objects.values_list("session_key", flat=True)
    assert there.cookies["sessionid"].value == signed(key)
    for made in (key, f"{key}:", f"{key}:{'A' * 43}", signed(key)[:-1], ":", "\x00"):
        thief.cookies["sessionid"] = made
        assert thief.get("/sessions/").headers["Location"] == "/sign-in/?next=/sessions/", made
    assert (there.get("/sessions/").status_code, Session.objects.count()) == (200, 1)


def test_the_operator_ends_all_that_a_lost_phone_is_signed_in_with(world: World) -> None:
    lost, other = sign_in("secretary"), sign_in("deputy")
    said = StringIO()
    with as_role("chibo_jobs"), override("en"):
        call_command("user", "sign-out", "secretary", stdout=said)
        call_command("user", "sign-out", "secretary", stdout=said)
    told = "secretary: {} sessions and tokens have ended. The password stays as it is."
    assert said.getvalue().splitlines() == [told.format(1), told.format(0)]
    assert (lost.get("/sessions/").status_code, other.get("/sessions/").status_code) == (302, 200)
    (event,) = Event.objects.filter(code="user.sessions_ended")
    assert (event.facts, event.user_id) == ({"count": 1}, None)
    assert sign_in("secretary").get("/sessions/").status_code == 200


def test_sessions_that_ran_out_are_let_go_with_where_they_were(world: World) -> None:
    kept, gone = sign_in("secretary"), sign_in("deputy")
    Session.objects.filter(session_key=gone.session.session_key).update(
        expire_date=now() - timedelta(days=1, minutes=1)
    )
    Session.objects.filter(session_key=kept.session.session_key).update(expire_date=now() - timedelta(hours=23))
    with as_role("chibo_jobs"):
        assert (drop_sessions(), drop_sessions()) == (1, 0)
    left = [kept.session.session_key]
    assert list(Session.objects.values_list("session_key", flat=True)) == left
    assert list(UserSession.objects.values_list("session_key", flat=True)) == left


def test_nobody_signs_up_or_asks_for_a_password_by_mail(world: World) -> None:
    for name in ("account_signup", "account_reset_password", "account_email", "account_signup_by_passkey"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for place in ("/signup/", "/accounts/", "/accounts/signup/", "/account/login/", "/password/reset/", "/2fa/"):
        assert browser().get(place).status_code == 404, place


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/x", "/\\example.org", "javascript:alert(1)"]
)
def test_a_sign_in_leads_nowhere_else(world: World, elsewhere: str) -> None:
    page = browser()
    page.get("/sign-in/")
    form = {"username": "secretary", "password": PASSWORD, "next": elsewhere}
    told = page.post("/sign-in/", {**form, "csrfmiddlewaretoken": page.cookies["csrftoken"].value})
    assert told.headers["Location"] == "/"


def test_an_unknown_host_is_answered_with_nothing(world: World) -> None:
    assert Client().get("/", headers={"Host": "example.org"}).status_code == 400


def test_sessions_are_listed_and_ended(world: World) -> None:
    here, there = browser(**{"User-Agent": FIREFOX}), browser(address="203.0.113.9", **{"User-Agent": PHONE})
    third, other = browser(), sign_in("deputy")
    for client in (here, there, third):
        sign_in("secretary", client)
    page = text(here.get("/sessions/"))
    assert ("Firefox · Windows" in page, "Chrome · Android" in page, "203.0.113.9" in page) == (True, True, True)
    assert page.count("phiên này") == 1
    ids = dict(UserSession.objects.values_list("session_key", "pk"))
    assert send(here, "/sessions/", session=str(ids[other.session.session_key or ""])).status_code == 404
    assert send(here, "/sessions/", session="x").status_code == 404
    assert send(here, "/sessions/", session=str(ids[there.session.session_key or ""])).status_code == 302
    assert there.get("/sessions/").headers["Location"] == "/sign-in/?next=/sessions/"
    assert third.get("/sessions/").status_code == 200
    assert send(here, "/sessions/", do="end_others").status_code == 302
    assert third.get("/sessions/").status_code == 302
    assert (here.get("/sessions/").status_code, other.get("/sessions/").status_code) == (200, 200)
    events = Event.objects.filter(code="user.sessions_ended").order_by("id")
    assert [one.version for one in events] == [2, 3]
    assert UserSession.objects.count() == 2


def test_a_changed_password_ends_the_others_and_keeps_this_one_listed(world: World) -> None:
    here, there = sign_in("secretary"), sign_in("secretary")
    new = "một mật khẩu khác"
    assert send(here, "/password/", old_password=PASSWORD, new_password=new, again=new).status_code == 302
    page = text(here.get("/sessions/"))
    assert (page.count("phiên này"), page.count("<li>")) == (1, 1)
    assert there.get("/sessions/").status_code == 302


@pytest.mark.parametrize(
    ("said", "name"),
    [(FIREFOX, "Firefox · Windows"), (PHONE, "Chrome · Android"), ("", ""), ("curl/8.5.0", "curl/8.5.0"),
     ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
      "Safari · iPhone"),
     ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge · Windows")],
)  # fmt: skip
def test_a_device_is_called_by_browser_and_system(said: str, name: str) -> None:
    assert device(said) == name


@pytest.mark.parametrize(
    "place",
    ["/", "/sign-in/", "/password/", "/second-factor/", "/sessions/", "/deadlines/", "/preferences/", "/contacts/",
     "/nowhere/", "/sign-in/confirm/", "/second-factor/app/", "/second-factor/passkeys/"],
)  # fmt: skip
def test_every_page_stands_under_the_policy(world: World, place: str) -> None:
    page = sign_in("secretary") if place != "/sign-in/" else browser()
    if place.startswith("/second-factor/") and place != "/second-factor/":
        send(page, f"/sign-in/confirm/?next={place}", password=PASSWORD)
    answer = page.get(place)
    assert answer.status_code == (404 if place == "/nowhere/" else 200)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not [
        sign for sign in ("style=", "<style", "onclick", "onload", "javascript:", "<script>") if sign in text(answer)
    ]
