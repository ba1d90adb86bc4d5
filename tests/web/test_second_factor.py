"""Whoever holds an office above the cell sets up a second factor before any other door opens, and then shows it."""

from __future__ import annotations

import re
import time
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.accounts.second_factor import passes, reset_factors
from backend.audit.models import Event, EventDetail
from backend.core import clock
from backend.core.errors import NotPermitted, Unchanged
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import PASSWORD, browser, code, confirm, send, set_up_app, sign_in, text, with_password
from tests.world import World, make_world, person
from workflows.offices import Office


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.CHIBO_REQUIRE_SECOND_FACTOR = True
    cache.clear()
    made = make_world()
    for name in ("secretary", "officer"):
        with_password(name)
    return made


def token(name: str = "officer", **more: str) -> Any:
    return APIClient().post("/api/v1/tokens/", {"username": name, "password": PASSWORD, **more})


def with_token(told: Any) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {told.json()['token']}")
    return client


def codes_of_events() -> list[str]:
    """What happened to accounts, but for tokens made."""
    events = Event.objects.filter(code__startswith="user.").exclude(code="user.token_made").order_by("id")
    return list(events.values_list("code", flat=True))


def test_pages_lead_an_office_above_the_cell_to_the_set_up_and_the_api_says_where_it_is(world: World) -> None:
    page = sign_in("officer")
    for place in ("/", "/deadlines/", "/preferences/", "/contacts/", "/webhooks/", "/second-factor/codes/new/"):
        assert page.get(place).headers["Location"] == "/second-factor/", place
    for place in ("/second-factor/", "/password/", "/sessions/", "/healthz"):
        assert page.get(place).status_code == 200, place
    assert "chức vụ của đồng chí phải có lớp xác thực thứ hai" in text(page.get("/second-factor/")).lower()
    for client in (page, with_token(token())):
        for place in ("me", "units", "members", "events", "workflows"):
            told = client.get(f"/api/v1/{place}/")
            assert (told.status_code, told.json()["code"]) == (403, "second_factor_required"), place
            assert "/second-factor/" in told.json()["detail"]


@pytest.mark.parametrize("required", [True, False])
def test_a_cells_office_needs_none_nor_does_anybody_where_development_says_so(
    world: World, settings: Any, *, required: bool
) -> None:
    settings.CHIBO_REQUIRE_SECOND_FACTOR = required
    name = "secretary" if required else "officer"
    assert sign_in(name).get("/deadlines/").status_code == 200
    assert with_token(token(name)).get("/api/v1/members/").status_code == 200


def test_the_code_that_set_the_app_up_signs_nobody_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looked over the shoulder has half a minute."""
    monkeypatch.setattr(time, "time", lambda: 1_796_000_010.0)
    secret, printed = set_up_app(sign_in("officer"))
    told = token(code=code(secret))
    assert (told.status_code, told.json()["code"]) == (401, "second_factor_code")
    assert send(sign_in("officer"), "/sign-in/second/", code=code(secret)).status_code == 200
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == len(printed) == 10
    assert send(sign_in("officer"), "/sign-in/second/", code=code(secret, 1)).headers["Location"] == "/"


def test_an_app_is_set_up_and_asked_for_from_then_on(world: World) -> None:
    other, old = sign_in("officer"), with_token(token())
    page = sign_in("officer")
    secret, printed = set_up_app(page, -1)
    assert len(set(printed)) == 10
    assert page.get("/deadlines/").status_code == 200
    assert "****" not in text(page.get("/second-factor/codes/"))
    assert printed[0] not in text(page.get("/second-factor/codes/"))  # shown once
    assert (
        other.get("/deadlines/").headers["Location"].startswith("/sign-in/")
    )  # what was signed in without it has ended
    assert old.get("/api/v1/me/").status_code == 401
    row = Authenticator.objects.get(type="totp")
    assert secret not in str(row.data)  # sealed
    assert codes_of_events() == ["user.factor_added"]
    detail = list(EventDetail.objects.values_list("data", flat=True))
    assert not [one for one in [secret, *printed] if one in str(detail)]

    again = sign_in("officer")
    assert again.get("/").status_code == 200
    assert "_auth_user_id" not in again.session
    assert again.get("/api/v1/me/").status_code == 401
    refused = send(again, "/sign-in/second/", code="000000")
    assert "Không chấp nhận mã hoặc khóa truy cập này" in text(refused)
    shown = code(secret)
    assert send(again, "/sign-in/second/", code=shown).headers["Location"] == "/"
    assert again.get("/api/v1/me/").status_code == 200
    third = sign_in("officer")
    assert send(third, "/sign-in/second/", code=shown).status_code == 200  # each code is taken once
    assert send(third, "/sign-in/second/", code=f" {shown[:3]} {shown[3:]}").status_code == 200
    assert send(third, "/sign-in/second/", code=printed[3]).headers["Location"] == "/"
    assert passes(world.actor("officer").user_id or 0, printed[3]) is None  # and each recovery code
    assert codes_of_events() == ["user.factor_added", "user.recovery_code_used"]


def test_a_token_is_given_for_the_second_factor_too(world: World) -> None:
    secret, printed = set_up_app(sign_in("officer"), -1)
    for more in ({}, {"code": "000000"}, {"code": "１２３"}):
        told = token(**more)
        assert (told.status_code, told.json()["code"]) == (401, "second_factor_code"), more
    wrong = APIClient().post("/api/v1/tokens/", {"username": "officer", "password": "?", "code": code(secret)})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "authentication_failed")
    given = token(code=code(secret))
    assert given.status_code == 201
    assert with_token(given).get("/api/v1/me/").status_code == 200
    assert token(code=code(secret)).status_code == 401
    assert token(code=printed[0]).status_code == 201


def test_a_factor_is_changed_only_after_the_password_once_more(world: World) -> None:
    page = sign_in("officer")
    asked = page.get("/second-factor/app/").headers["Location"]
    assert "Mật khẩu không đúng." in text(send(page, asked, password="?"))
    assert page.get("/second-factor/app/").status_code == 302
    other = sign_in("officer")
    posted = other.post("/second-factor/app/", {"code": "1", "csrfmiddlewaretoken": other.cookies["csrftoken"].value})
    assert posted.headers["Location"] == asked
    confirm(page, "/second-factor/app/")
    assert "Không chấp nhận mã" in text(send(page, "/second-factor/app/", code="123"))
    assert (Authenticator.objects.count(), codes_of_events()) == (0, [])


def test_codes_are_made_anew_and_the_last_factor_takes_them_along(world: World) -> None:
    page = sign_in("officer")
    _secret, old = set_up_app(page, -1)
    assert send(page, "/second-factor/codes/new/").headers["Location"] == "/second-factor/codes/"
    page_of_codes = text(page.get("/second-factor/codes/"))
    assert not [one for one in old if one in page_of_codes]
    assert passes(world.actor("officer").user_id or 0, old[0]) is None
    assert send(page, "/second-factor/app/remove/").headers["Location"] == "/second-factor/"
    assert not Authenticator.objects.exists()
    assert page.get("/deadlines/").headers["Location"] == "/second-factor/"
    assert codes_of_events() == ["user.factor_added", "user.recovery_codes_made", "user.factor_removed"]


def test_a_passkeys_answer_that_no_browser_gives_is_refused_in_a_sentence(world: World) -> None:
    page = sign_in("officer")
    set_up_app(page)
    confirm(page, "/second-factor/passkeys/") if page.get("/second-factor/passkeys/").status_code == 302 else None
    for junk in (
        "{}",
        "[]",
        '"x"',
        "{",
        '{"response": {"userHandle": "AA"}}',
        '{"id": "AA", "rawId": "AA", "response": {}}',
    ):
        told = send(page, "/second-factor/passkeys/", name="x", credential=junk)
        assert told.status_code == 200, junk
        second = sign_in("officer")
        assert send(second, "/sign-in/second/", credential=junk).status_code == 200, junk
        cache.clear()
        alone = browser()
        alone.get("/sign-in/")
        sent = {"credential": junk, "csrfmiddlewaretoken": alone.cookies["csrftoken"].value}
        assert alone.post("/sign-in/passkey/", sent).headers["Location"] == "/sign-in/", junk
    assert Authenticator.objects.filter(type="webauthn").count() == 0


def test_codes_of_one_person_are_counted_from_all_addresses_together(world: World) -> None:
    secret, _ = set_up_app(sign_in("officer"), -1)
    told = [token(code="000000").status_code if at < 5 else _from(f"192.0.2.{at}") for at in range(11)]
    assert told == [401] * 10 + [429]
    assert token(code=code(secret)).status_code == 429


def _from(address: str) -> int:
    body = {"username": "officer", "password": PASSWORD, "code": "000000"}
    return int(APIClient(REMOTE_ADDR=address).post("/api/v1/tokens/", body).status_code)


def test_the_office_above_or_the_operator_resets_what_was_lost_and_nobody_else(world: World) -> None:
    page = sign_in("officer")
    set_up_app(page)
    officer = User.objects.get(username="officer")
    for name in ("officer", "secretary"):
        with pytest.raises(NotPermitted):
            reset_factors(world.actor(name), officer.pk)
    assert Authenticator.objects.count() == 2
    above = person("above", Office.ORGANISATION_OFFICER, world.province)
    reset_factors(above, officer.pk)
    assert not Authenticator.objects.exists()
    assert page.get("/").headers.get("Location") is None  # signed out
    assert "_auth_user_id" not in page.session
    event = Event.objects.latest("id")
    assert (event.code, event.office) == ("user.factors_reset", "organisation_officer")
    with pytest.raises(Unchanged):
        reset_factors(above, officer.pk)


@pytest.mark.parametrize("door", ["page", "api"])
def test_who_lost_a_factor_is_told_of_the_reset_and_led_to_another_one(world: World, settings: Any, door: str) -> None:
    """A cell's office needs no factor; who had one gets another one all the same."""
    page = sign_in("secretary")
    old = with_token(token("secretary", code=code(set_up_app(page, -1)[0])))
    settings.CHIBO_REQUIRE_SECOND_FACTOR = False  # the officer is here to reset, and has none
    done = "secretary không còn lớp xác thực thứ hai; mọi phiên đăng nhập đã chấm dứt."
    assert reset_through(door, "officer", "SECRETARY") == (done if door == "page" else True)
    settings.CHIBO_REQUIRE_SECOND_FACTOR = True
    assert not Authenticator.objects.exists()
    page.get("/")
    assert "_auth_user_id" not in page.session
    assert old.get("/api/v1/me/").status_code == 401
    again = sign_in("secretary")
    assert again.get("/deadlines/").headers["Location"] == "/second-factor/"
    assert again.get("/api/v1/members/").json()["code"] == "second_factor_required"
    told = text(again.get("/second-factor/"))
    day = clock.today().strftime("%d/%m/%Y")
    assert f"Lớp xác thực thứ hai của đồng chí đã bị gỡ ngày {day}" in told
    assert "Nếu đồng chí không yêu cầu việc này" in told
    set_up_app(again)
    assert again.get("/deadlines/").status_code == 200
    assert "đã bị gỡ ngày" not in text(again.get("/")) + text(again.get("/second-factor/"))
    assert codes_of_events() == ["user.factor_added", "user.factors_reset", "user.factor_added"]
    assert Event.objects.get(code="user.factors_reset").office == "organisation_officer"


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_factor_that_is_out_of_reach_or_not_there_is_not_reset(world: World, settings: Any, door: str) -> None:
    settings.CHIBO_REQUIRE_SECOND_FACTOR = False
    person("above", Office.ORGANISATION_OFFICER, world.province)
    with_password("above")
    for name in ("officer", "above"):
        set_up_app(sign_in(name), -1)
    before = (Event.objects.count(), Authenticator.objects.count(), User.objects.exclude(factors_reset_on=None).count())
    no = "Chức vụ của đồng chí không được mời người này" if door == "page" else "not_permitted"
    unknown = "Không có ai đăng nhập bằng tên nobody." if door == "page" else "user.unknown"
    for who, said in (("above", no), ("officer", no), ("nobody", unknown)):
        assert said in str(reset_through(door, "officer", who)), who
    none = reset_through(door, "officer", "secretary")
    assert none == ("secretary không có lớp xác thực thứ hai; không có gì thay đổi." if door == "page" else False)
    after = (Event.objects.count(), Authenticator.objects.count(), User.objects.exclude(factors_reset_on=None).count())
    assert (before, after) == ((before[0], 4, 0), before)


def reset_through(door: str, actor: str, whose: str) -> Any:
    """What the page says of it, or what the API answers: whether there was anything, or the codes of the refusal."""
    if door == "page":
        page = Client(headers={"Accept-Language": "vi"})
        page.force_login(User.objects.get(username=actor))
        answer = page.post("/invitations/", {"factors-username": whose, "do": "factors"}, follow=True)
        said = re.findall(r'role="status">(.*?)</div>', text(answer))
        return said[0] if said else text(answer)
    client = APIClient()
    client.force_authenticate(User.objects.get(username=actor))
    answer = client.post("/api/v1/invitations/factors/", {"username": whose})
    return answer.json()["reset"] if answer.status_code == 200 else answer.json()


@pytest.mark.real
def test_under_the_application_role(committed_db: RealDatabase, settings: Any) -> None:
    settings.CHIBO_REQUIRE_SECOND_FACTOR = True
    cache.clear()
    make_world()
    with_password("officer")
    with as_role("chibo_app"):
        page = sign_in("officer")
        assert page.get("/").headers["Location"] == "/second-factor/"
        secret, printed = set_up_app(page, -1)
        assert page.get("/deadlines/").status_code == 200
        again = sign_in("officer")
        assert send(again, "/sign-in/second/", code=code(secret)).status_code == 302
        given = token(code=printed[0])
        assert with_token(given).get("/api/v1/members/").status_code == 200
        assert send(page, "/sessions/", do="end_others").status_code == 302
        assert Client.get(again, "/").status_code == 200
        assert "_auth_user_id" not in again.session
        assert send(page, "/second-factor/codes/new/").status_code == 302
        assert send(page, "/second-factor/app/remove/").status_code == 302
    assert not Authenticator.objects.exists()


def test_the_operator_takes_a_lost_factor_by_command(world: World) -> None:
    set_up_app(sign_in("officer"))
    out = StringIO()
    with as_role("chibo_app"):
        call_command("user", "factor", "officer", stdout=out)
    assert out.getvalue() == "officer không còn lớp xác thực thứ hai; mọi phiên đăng nhập đã chấm dứt.\n"
    assert not Authenticator.objects.exists()
    assert Event.objects.latest("id").code == "user.factors_reset"


def test_keys_of_apps_and_recovery_codes_follow_a_new_field_key(world: World, settings: Any) -> None:
    secret, printed = set_up_app(sign_in("officer"), -1)
    new, user_id = Fernet.generate_key().decode(), world.actor("officer").user_id or 0
    settings.CHIBO_FIELD_KEYS = f"{new},{settings.CHIBO_FIELD_KEYS}"
    with as_role("chibo_owner"):
        call_command("rotate_keys", stdout=StringIO())
    settings.CHIBO_FIELD_KEYS = new
    assert passes(user_id, code(secret)) is not None
    assert passes(user_id, printed[0]) is not None
