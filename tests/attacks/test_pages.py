"""What another site, another host or a planted link could make a signed-in browser do: nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from backend.alerts.delivery import deliver
from backend.alerts.letters import make_letters
from backend.alerts.sweep import sweep
from tests.api.conftest import ON, traces
from tests.web.people import PASSWORD, browser, sign_in, with_password
from tests.world import World, make_world

HERE = {"id": "1", "slug": "propose", "uuid": "11111111-1111-4111-8111-111111111111"}
EVIL = "evil.example"
OTHERS = (f"testserver:80@{EVIL}", f"testserver, {EVIL}", "evil.testserver", "")
ELSEWHERE = [
    f"https://{EVIL}/", f"//{EVIL}/x", f"/\\{EVIL}", f"\\\\{EVIL}", "javascript:alert(1)", f"https:{EVIL}", f"///{EVIL}",
    f"http://testserver@{EVIL}/", f"\t//{EVIL}", f"/\r\nLocation: //{EVIL}",
]  # fmt: skip

BY_THEMSELVES = ("/api/v1/tokens/", "/api/v1/tokens/revoke/", "/api/v1/invitations/join/")
"""Doors for a password, a token or a code that the request itself brings: a session opens nothing there."""


def at_night(value: str) -> Any:
    return pytest.param(value, marks=pytest.mark.slow)


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    made = make_world()
    with_password("secretary")
    return made


def pages() -> list[str]:
    """Every address of a page, something in the place of each parameter; signing out, which ends the session, last."""
    (root,) = [one for one in get_resolver().url_patterns if str(one.pattern) == ""]
    found = [re.sub(r"<(\w+):\w+>", lambda part: HERE[part[1]], f"/{one.pattern}") for one in root.url_patterns]
    return sorted(found, key=lambda place: place == "/sign-out/")


def changes() -> Iterator[tuple[str, str]]:
    """Every address of the API that changes something, with its method."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    kinds = {"uid": HERE["uuid"], "key": "meeting", "step": "propose"}
    for path, methods in sorted(document["paths"].items()):
        place = re.sub(r"{(\w+)}", lambda part: kinds.get(part[1], "1"), path)
        yield from ((place, method) for method in methods if method != "get")


def test_no_page_takes_what_another_site_sends(world: World) -> None:
    """Without the token, with another session's, and with the right one sent from elsewhere."""
    page, stranger = sign_in("secretary"), browser()
    stranger.get("/")
    own, other = (client.cookies["csrftoken"].value for client in (page, stranger))
    before, session = traces(), page.session.session_key
    places = pages()
    assert len(places) >= 25
    for place in places:
        assert page.post(place, {}).status_code == 403, place
        assert page.post(place, {"csrfmiddlewaretoken": other}).status_code == 403, place
        from_there = page.post(place, {"csrfmiddlewaretoken": own}, headers={"Origin": f"https://{EVIL}"})
        assert from_there.status_code == 403, place
    assert (traces(), page.session.session_key) == (before, session)
    assert page.get("/sessions/").status_code == 200


def test_no_change_of_the_api_is_taken_from_another_site(world: World) -> None:
    page = sign_in("secretary")
    own, before, tried = page.cookies["csrftoken"].value, traces(), 0
    for place, method in changes():
        if place in BY_THEMSELVES:
            continue
        send_it = getattr(page, method)
        for headers in ({}, {"X-CSRFToken": own, "Origin": f"https://{EVIL}"}):
            answer = send_it(place, "{}", content_type="application/json", headers=headers)
            assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json"), place
        tried += 1
    assert tried >= 40
    assert traces() == before


def test_a_form_of_another_site_cannot_be_json(world: World) -> None:
    """What a form can send without asking first is no JSON to us, token or not."""
    page = sign_in("secretary")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        headers = {"X-CSRFToken": page.cookies["csrftoken"].value}
        assert page.post("/api/v1/cases/", "{}", content_type=kind, headers=headers).status_code == 415


def test_cookies_are_for_pages_of_ours_and_no_script(world: World) -> None:
    session, token = (sign_in("secretary").cookies[name] for name in ("sessionid", "csrftoken"))
    assert (session["httponly"], session["samesite"], token["samesite"], session["domain"]) == (True, "Lax", "Lax", "")


@pytest.mark.parametrize("elsewhere", [*ELSEWHERE[:3], *map(at_night, ELSEWHERE[3:])])
def test_no_page_leads_elsewhere(world: World, elsewhere: str) -> None:
    page, tried = sign_in("secretary"), 0
    for place in pages():
        cache.clear()
        form = {"next": elsewhere, "username": "secretary", "password": PASSWORD, "old_password": "?"}
        for answer in (
            page.get(place, {"next": elsewhere}),
            page.post(f"{place}?next=/", {**form, "csrfmiddlewaretoken": page.cookies["csrftoken"].value}),
        ):
            tried += _leads_within(answer.headers.get("Location"), place)
            assert EVIL not in answer.headers.get("Refresh", "")
    assert tried >= 3
    outside = browser()
    for place in pages():
        _leads_within(outside.get(place, {"next": elsewhere}).headers.get("Location"), place)


def _leads_within(location: str | None, place: str) -> int:
    if location is None:
        return 0
    assert location.startswith("/"), (place, location)
    assert not location.startswith(("//", "/\\")), (place, location)
    assert (urlsplit(location).netloc, "\n" in location) == ("", False), (place, location)
    return 1


def test_confirming_leads_nowhere_else(world: World) -> None:
    page = sign_in("secretary")
    for elsewhere in ELSEWHERE:
        cache.clear()
        page.get("/sign-in/confirm/", {"next": elsewhere})
        form = {"password": PASSWORD, "next": elsewhere, "csrfmiddlewaretoken": page.cookies["csrftoken"].value}
        assert _leads_within(page.post("/sign-in/confirm/", form).headers["Location"], elsewhere)


@pytest.mark.parametrize("host", [EVIL, *map(at_night, OTHERS)])
def test_no_door_opens_under_another_host(world: World, host: str) -> None:
    places = [*pages(), *(place for place, _ in changes()), "/api/v1/units/", "/api/docs/", "/nowhere/"]
    for place in places:
        answer = Client().get(place, headers={"Host": host})
        if answer.status_code == 400:
            assert EVIL not in answer.content.decode(), place
        else:  # asks for no host: a monitor, a file
            assert "Location" not in answer.headers, place
            assert EVIL not in b"".join(answer).decode(), place


def test_a_forwarded_host_is_not_believed(world: World) -> None:
    forged = {"X-Forwarded-Host": EVIL, "X-Forwarded-Server": EVIL, "Forwarded": f"host={EVIL}", "X-Host": EVIL,
              "X-Original-URL": f"https://{EVIL}/", "X-Forwarded-Proto": "https"}  # fmt: skip
    page = sign_in("secretary")
    for place in ("/", "/deadlines/", "/sign-in/", "/contacts/", "/api/v1/units/?limit=1"):
        answer = page.get(place, headers=forged)
        assert answer.status_code in {200, 302}, place
        assert EVIL not in answer.content.decode() + str(answer.headers), place


def test_letters_and_addresses_to_keep_are_of_the_public_address_alone(world: World, settings: Any) -> None:
    """Whatever host it was asked for under, of those that are known."""
    settings.CHIBO_PUBLIC_URL, settings.ALLOWED_HOSTS = "https://chibo.example", ["testserver", EVIL]
    page = sign_in("secretary", browser(Host=EVIL))
    shown = page.post("/contacts/", {"do": "open_calendar", "csrfmiddlewaretoken": page.cookies["csrftoken"].value})
    assert "https://chibo.example/calendar/" in shown.content.decode()
    assert EVIL not in shown.content.decode()
    world.probation(world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10"), date(2025, 9, 10))
    sweep(ON)
    assert make_letters(ON, force_morning=True)["letters"] > 0
    deliver(ON)
    assert mail.outbox
    for letter in mail.outbox:
        hosts = {urlsplit(one).netloc for one in re.findall(r"https?://[^\s\"'<>]+", letter.body)}
        assert hosts == {"chibo.example"}
