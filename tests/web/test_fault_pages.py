"""What went wrong is said on a page of ours, in words: never a number for a heading, never another program's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.cache import cache, caches
from django.test import Client, override_settings
from redis.exceptions import RedisError

from backend.audit.models import Event
from backend.members.models import Member
from backend.members.protected import sealed_columns
from tests.web.people import PASSWORD, browser, send, sign_in, text, with_password
from tests.web.stepping import opened
from tests.world import World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    cache.clear()  # how often somebody signed in
    made = make_world()
    for name in ("secretary", "deputy"):
        with_password(name)
    return made


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        ("vi", "Trang này đã cũ", "Chưa ghi gì cả."),
        ("en", "This page is out of date", "Nothing was recorded."),
    ],
)
def test_a_page_opened_before_the_last_sign_in_is_refused_in_words(
    world: World, language: str, heading: str, words: str
) -> None:
    """In another tab somebody signed in since: the form of the first one carries a token that is none any more."""
    client = sign_in("secretary", browser(language))
    old = client.cookies["csrftoken"].value
    client.post("/sign-out/", {"csrfmiddlewaretoken": old})
    sign_in("secretary", client)
    before = Event.objects.count()
    opened = {"Referer": "http://testserver/password/?next=/"}
    sent = client.post("/password/", {"csrfmiddlewaretoken": old, "old_password": PASSWORD}, headers=opened)
    page = text(sent)
    assert sent.status_code == 403
    assert f"<h1>{heading}</h1>" in page
    assert words in page
    assert 'href="/password/?next=/"' in page  # where the form stood, to be opened anew
    assert Event.objects.count() == before


def test_what_no_key_opens_is_said_in_words(world: World, settings: LazySettings) -> None:
    member = world.member("Nguyễn Thị Bình")
    ours = settings.CHIBO_FIELD_KEYS
    settings.CHIBO_FIELD_KEYS = Fernet.generate_key().decode()
    Member.objects.filter(pk=member.pk).update(**sealed_columns({"card_number": "87.000123"}))
    settings.CHIBO_FIELD_KEYS = ours  # a session under the other key would have ended
    answer = sign_in("secretary").get(f"/members/{member.pk}/")
    page = text(answer)
    assert answer.status_code == 503
    assert "<h1>Một phần của trang này được mã hóa</h1>" in page
    assert "CHIBO_FIELD_KEYS" in page
    assert "87.000123" not in page


@pytest.mark.parametrize(
    "referer", ["", "https://elsewhere.example/password/", "http://testserver//elsewhere.example/", "javascript:x"]
)
def test_nobody_is_led_to_another_site(world: World, referer: str) -> None:
    page = text(browser().post("/sign-out/", headers={"Referer": referer}))
    assert "<h1>Trang này đã cũ</h1>" in page
    assert "Mở lại trang này" not in page
    assert "elsewhere" not in page
    assert 'href="/"' in page


@override_settings(DEBUG=False)
@pytest.mark.parametrize("where", ["/nothing/", "/cases/999999/", "/administration/"])
def test_what_is_not_in_sight_and_what_is_not_there_look_the_same(world: World, where: str) -> None:
    page = sign_in("secretary").get(where)
    assert page.status_code == 404
    assert "<h1>Không mở được trang này</h1>" in text(page)
    assert "không có quyền xem" in text(page)
    assert "<title>404" not in text(page)


def test_a_form_sent_after_the_session_ended_is_said_to_be_lost_where_one_signs_in_again(world: World) -> None:
    client, said = sign_in("secretary"), "chưa ghi gì cả. Đồng chí đăng nhập rồi nhập lại"
    token, before = client.cookies["csrftoken"].value, Event.objects.count()
    del client.cookies["sessionid"]
    where = "/today/first-day/"
    sent = client.post(where, {"csrfmiddlewaretoken": token})
    assert sent.headers["Location"] == "/sign-in/?next=/"
    assert said in text(client.get(sent.headers["Location"]))
    assert said not in text(client.get("/sign-in/"))  # once
    assert said not in text(browser().get("/members/", follow=True))  # whoever only looked lost nothing
    assert Event.objects.count() == before


def typed_in_vain(world: World) -> tuple[Client, str, str]:
    """A form filled in and sent when the session had ended: the client, the form's address, and where it is led."""
    client = sign_in("secretary")
    where = f"/units/{world.cell.pk}/enter/choose/"
    typed = {
        **opened(client, where),
        "on": "02/11/2026",
        "profile.full_name": "Trần Thị Mới",
        "profile.sex": "f",
        "do": "do",
    }
    del client.cookies["sessionid"]
    return client, where, client.post(where, typed).headers["Location"]


def test_what_was_typed_is_back_in_the_form_once_after_the_sign_in(world: World) -> None:
    before = (Event.objects.count(), Member.objects.count())
    client, where, led = typed_in_vain(world)
    back = parse_qs(urlsplit(led).query)["next"][0]
    assert back == f"{where}?typed=1"
    asked = text(client.get(led))
    assert "nội dung đã nhập được giữ trong nửa giờ" in asked
    assert "Trần Thị Mới" not in asked
    signed = client.post("/sign-in/", {
        "username": "secretary", "password": PASSWORD, "next": back, "csrfmiddlewaretoken": client.cookies["csrftoken"].value,
    })  # fmt: skip
    assert signed.headers["Location"] == back
    page = text(client.get(back))
    assert 'value="Trần Thị Mới"' in page
    assert "Nội dung đã nhập nằm lại trong mẫu" in page
    assert "Trần Thị Mới" not in text(client.get(back)), "once"
    assert (Event.objects.count(), Member.objects.count()) == before


def typed_again(who: str, where: str, typed: dict[str, Any]) -> str:
    """The page to which one comes back from the sign-in, after `typed` was sent when the session had ended."""
    client = sign_in(who)
    client.get(where)
    token = client.cookies["csrftoken"].value
    del client.cookies["sessionid"]
    led = client.post(where, {**typed, "csrfmiddlewaretoken": token}).headers["Location"]
    sign_in(who, client)
    return text(client.get(parse_qs(urlsplit(led).query)["next"][0]))


def test_other_forms_have_back_what_was_typed_too(world: World) -> None:
    """The plan of a year, a merger, a division with those ticked, a unit to be opened, a step for many."""
    person("admin", Office.ADMINISTRATOR, world.commune)
    for name in ("officer", "admin"):
        with_password(name)
    member, cell = world.member("Nguyễn Văn An"), f"/administration/units/{world.cell.pk}"
    ladder = f"/administration/units/{world.commune.pk}/ladder/?rule=ADM.DECIDE"
    before, many = Event.objects.count(), {"do": "do", "step": "away.ask", "subjects": f"{member.pk}:{member.version}"}
    for who, where, typed, shown in (
        (
            "officer",
            f"/overview/plans/?unit={world.commune.code}",
            {"value": "123", "paper_number": "7-KH"},
            'value="7-KH"',
        ),
        ("officer", f"{cell}/merge/", {"do": "preview", "to_unit": "87.107.000.000.009"}, 'value="87.107.000.000.009"'),
        ("officer", f"{cell}/divide/", {"do": "preview", "name": "Chi bộ mới"}, 'value="Chi bộ mới"'),
        ("officer", f"{cell}/divide/", {"do": "preview", "members": member.pk}, f'id="member-{member.pk}" checked'),
        ("admin", f"/administration/units/{world.commune.pk}/", {"do": "open", "open-name": "Ấp Ba"}, 'value="Ấp Ba"'),
        ("secretary", "/members/bulk/", {**many, "place": "Bình Dương"}, 'value="Bình Dương"'),
        ("admin", ladder, {"do": "own", "own-reason": "Xã rộng"}, 'value="Xã rộng"'),
        ("admin", ladder, {"do": "own-see", "rung-0-offset": 9, "rung-0-side": "before"}, 'id="own" open'),
        ("admin", ladder, {"do": "choose", "choose-source_number": "5-TB"}, 'id="choose" open'),
    ):
        page = typed_again(who, where, typed)
        assert "Nội dung đã nhập nằm lại trong mẫu" in page, where
        assert shown in page, (where, typed)
        assert 'class="wrong"' not in page, where
    assert Event.objects.count() == before


def test_what_was_typed_stands_in_the_form_even_where_redis_will_not_let_it_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, where, _led = typed_in_vain(world)
    sign_in("secretary", client)

    def away(*_args: object) -> None:
        raise RedisError

    monkeypatch.setattr(type(caches["default"]), "delete", away)  # Redis goes between a reading and the next command
    shown = client.get(f"{where}?typed=1")
    assert shown.status_code == 200
    assert 'value="Trần Thị Mới"' in text(shown)


def test_what_was_typed_is_for_its_own_form_alone_and_lies_sealed(world: World) -> None:
    client, _where, led = typed_in_vain(world)
    back = parse_qs(urlsplit(led).query)["next"][0]
    cache_of = caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    lying = [cache_of.get(key) for key in cache_of.keys("*typed:*")]
    assert len(lying) == 1
    assert b"Tr%E1%BA%A7n" not in lying[0]
    sign_in("secretary", client)
    stranger = sign_in("deputy")  # to whom somebody sent the address
    assert "Trần Thị Mới" not in text(stranger.get(back))
    stranger.cookies["typed"] = "made-up"
    assert "Trần Thị Mới" not in text(stranger.get(back))
    other = client.get(f"/units/{world.cell.pk}/open/meeting/plan/?{urlsplit(back).query}")
    assert (other.status_code, "nằm lại trong mẫu" in text(other), "Trần Thị Mới" in text(other)) == (200, False, False)
    assert "Trần Thị Mới" in text(client.get(back))


def test_a_form_without_a_page_of_its_own_leads_back_to_where_it_stood(world: World) -> None:
    client = sign_in("secretary")
    typed = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "name": "x"}
    del client.cookies["sessionid"]
    sent = client.post("/views/members/", typed, headers={"Referer": "http://testserver/members/?q=an"})
    assert parse_qs(urlsplit(sent.headers["Location"]).query)["next"] == ["/members/?q=an"]
    assert client.post("/views/members/", typed).headers["Location"] == "/sign-in/?next=/"


@pytest.mark.parametrize("where", ["/views/members/", "/today/first-day/", "/language/"])
def test_what_only_takes_a_form_is_said_on_a_page(world: World, where: str) -> None:
    answer = sign_in("secretary").get(where)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "<h1>Ở đây không có trang nào</h1>" in text(answer)


def test_a_stranger_fills_no_memory(world: World) -> None:
    client = sign_in("secretary")
    typed = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "reason": "x"}
    del client.cookies["sessionid"]
    where = f"/units/{world.cell.pk}/enter/choose/"
    kept = ["typed" in client.post(where, typed).headers["Location"] for _ in range(12)]
    assert kept == [True] * 10 + [False] * 2
    cache.clear()
    large = client.post(where, {**typed, "reason": "x" * 17_000})
    assert large.headers["Location"] == f"/sign-in/?next={where}"


def test_without_redis_it_is_said_to_be_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: object) -> None:
        raise RedisError

    monkeypatch.setattr(type(caches["default"]), "set", gone)
    _client, where, led = typed_in_vain(world)
    assert led == f"/sign-in/?next={where}"


def test_a_piece_of_a_page_asked_for_after_the_session_ended_is_no_page_to_sign_in(world: World) -> None:
    """The arithmetic below a form is asked for while one types: the page to sign in once stood in its place."""
    client = sign_in("secretary")
    token = client.cookies["csrftoken"].value
    del client.cookies["sessionid"]
    sent = client.post("/meetings/1/", {"csrfmiddlewaretoken": token, "do": "sums"}, headers={"HX-Request": "true"})
    assert (sent.status_code, sent.content) == (401, b"")
    assert "chưa ghi gì cả" not in text(client.get("/sign-in/"))


def test_who_mistypes_is_told_in_one_plain_sentence(world: World) -> None:
    page = text(send(browser(), "/sign-in/", username="secretary", password="sai"))
    assert "Sai tên đăng nhập hoặc mật khẩu. Đồng chí" in page
    assert "khung thông tin" not in page
