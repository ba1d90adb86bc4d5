"""A session that is ended elsewhere while a page of it is being answered: one is led to sign in again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client, RequestFactory

from backend.audit.models import Event
from backend.web import acting
from backend.web.faults import bad_request
from tests.web.people import browser, sign_in, text, with_password
from tests.world import make_world


@pytest.fixture
def page(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Signed in, and about to be ended in the middle of the next page: the first one of an office, which the session notes."""
    cache.clear()
    make_world()
    with_password("secretary")
    client = sign_in("secretary", browser("en"))
    real = acting.actor_for

    def ended(*args: Any) -> Any:
        Session.objects.all().delete()
        return real(*args)

    monkeypatch.setattr(acting, "actor_for", ended)
    return client


def test_a_page_leads_to_the_sign_in_and_back(page: Client) -> None:
    answer = page.get("/members/?standing=official")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/members/%3Fstanding%3Dofficial")
    assert Session.objects.count() == 0


def test_a_piece_of_a_page_stays_as_it_is(page: Client) -> None:
    answer = page.get("/members/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_form_leads_to_the_sign_in_and_says_that_it_may_be_recorded(page: Client) -> None:
    before = Event.objects.count()
    form = {"csrfmiddlewaretoken": page.cookies["csrftoken"].value, "subject": "1:1", "query": ""}
    answer = page.post("/members/bulk/", form, headers={"Referer": "http://testserver/members/?page=2"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/members/%3Fpage%3D2")
    shown = text(page.get(answer.headers["Location"]))
    assert "This session was ended elsewhere while the form was being sent." in shown
    assert (Event.objects.count(), Session.objects.count()) == (before, 0)


def test_a_program_is_told_to_sign_in() -> None:
    answer = bad_request(RequestFactory().get("/api/v1/me/"), SessionInterrupted())
    assert (answer.status_code, json.loads(answer.content)["code"]) == (401, "not_authenticated")
