"""The language chosen at the foot of a page: for this browser, and with the account."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache

from backend.accounts.models import User
from backend.audit.models import Event
from tests.web.people import browser, send, sign_in, text, with_password
from tests.web.test_today import of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world()


def choose(client: object, language: str, back: str = "/") -> object:
    client.get("/")  # type: ignore[attr-defined]
    token = client.cookies["csrftoken"].value  # type: ignore[attr-defined]
    form = {"language": language, "next": back, "csrfmiddlewaretoken": token}
    return client.post("/language/", form)  # type: ignore[attr-defined]


def test_a_stranger_chooses_for_the_browser(world: World) -> None:
    client, before = browser("vi"), Event.objects.count()
    page = text(client.get("/"))
    assert '<html lang="vi">' in page
    assert re.findall(r'lang="(?:vi|en)"[^>]*>([^<]+)</button>', page) == ["Tiếng Việt", "English"]
    answer = choose(client, "en", "/invitation/")
    assert answer.headers["Location"] == "/invitation/"  # type: ignore[attr-defined]
    assert '<html lang="en">' in text(client.get("/invitation/"))
    assert Event.objects.count() == before


def test_whoever_signed_in_keeps_it_with_the_account_and_the_log_says_so(world: World) -> None:
    client = of("secretary")
    choose(client, "en", "/more/")
    assert '<html lang="en">' in text(client.get("/more/"))
    assert User.objects.get(username="secretary").language == "en"
    assert Event.objects.get(code="user.preferences_chosen").facts == {"language": "en"}
    choose(client, "en")
    assert Event.objects.filter(code="user.preferences_chosen").count() == 1


def test_on_another_device_it_holds_from_signing_in(world: World) -> None:
    with_password("secretary")
    User.objects.filter(username="secretary").update(language="en")
    assert '<html lang="en">' in text(sign_in("secretary").get("/more/"))
    kept = browser("vi")
    choose(kept, "vi")  # this browser was told otherwise
    assert '<html lang="vi">' in text(sign_in("secretary", kept).get("/more/"))


@pytest.mark.parametrize(("language", "back"), [("fr", "/"), ("", "/"), ("en", "https://evil.example/")])
def test_what_is_no_language_and_no_page_of_ours_leads_nowhere(world: World, language: str, back: str) -> None:
    client = of("secretary")
    answer = choose(client, language, back)
    assert answer.headers["Location"] == "/"  # type: ignore[attr-defined]
    assert User.objects.get(username="secretary").language == ("en" if language == "en" else "vi")


def test_before_the_own_password_the_language_can_be_chosen(world: World) -> None:
    User.objects.filter(username="secretary").update(password_must_change=True)
    client = of("secretary")
    assert send(client, "/password/").status_code == 200
    choose(client, "en")
    assert '<html lang="en">' in text(client.get("/password/"))
