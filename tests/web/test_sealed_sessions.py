"""What a session holds stands sealed in the database: who reads it there, in a stolen backup say, learns nothing of anybody."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from backend.accounts.sealed_sessions import SessionStore
from backend.core.keyring import unseal_bytes
from tests.web.people import browser, confirm, sign_in, text, with_password
from tests.web.test_member_list import of, world
from tests.world import World, make_world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def kept() -> str:
    """What the one session of the database holds, as it stands there."""
    (data,) = Session.objects.values_list("session_data", flat=True)
    return data


def in_clear() -> dict[str, Any]:
    """What anybody reads of it with Django alone."""
    return db.SessionStore().decode(kept())


@pytest.fixture
def page(db: None) -> Client:
    """The secretary's, signed in."""
    cache.clear()
    make_world()
    with_password("secretary")
    return sign_in("secretary")


def test_a_number_that_was_searched_for_is_sealed_with_whom_it_found(world: World) -> None:
    client, found = of("secretary"), world.member("Nguyễn Văn An")
    client.get("/office/")
    typed = {"query": "q=0987612345", "subject": f"{found.pk}:{found.version}"}
    client.post("/members/bulk/", {**typed, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})
    assert (client.session["bulk"], client.session["bulk_query"]) == (f"{found.pk}:{found.version}", "q=0987612345")
    assert (in_clear(), ":" in kept()) == ({}, False)
    assert found.full_name in text(client.get("/members/bulk/"))


def test_the_key_of_an_app_that_is_being_set_up_is_sealed(page: Client) -> None:
    confirm(page, "/second-factor/app/")
    secret = page.session["mfa.totp.secret"] if page.get("/second-factor/app/").status_code == 200 else ""
    assert (len(secret), in_clear(), ":" in kept()) == (32, {}, False)


def as_before(page: Client) -> dict[str, Any]:
    """The session as the version before kept it."""
    held = dict(page.session.items())
    Session.objects.update(session_data=db.SessionStore().encode(held))
    return held


def test_a_session_of_before_goes_on_and_is_sealed_with_its_next_change(page: Client) -> None:
    held = as_before(page)
    assert in_clear() == held
    assert page.get("/sessions/").status_code == 200
    assert in_clear() == held
    page.get("/members/")  # it says now in which office pages are shown
    assert (in_clear(), page.session["_auth_user_id"]) == ({}, held["_auth_user_id"])


def test_the_upgrade_seals_the_sessions_of_before(page: Client, settings: Any) -> None:
    held = as_before(page)
    seal_all = import_module("backend.accounts.migrations.0008_sessions_sealed").seal_all
    seal_all(apps, None)
    sealed = kept()
    seal_all(apps, None)
    assert (in_clear(), SessionStore().decode(sealed), kept()) == ({}, held, sealed)
    assert page.get("/sessions/").status_code == 200
    as_before(page)
    settings.CHIBO_FIELD_KEYS = ""
    seal_all(apps, None)
    assert not Session.objects.exists()


def test_a_key_that_is_taken_away_ends_the_sessions_under_it_alone(page: Client, settings: Any) -> None:
    old, new = settings.CHIBO_FIELD_KEYS, Fernet.generate_key().decode()
    settings.CHIBO_FIELD_KEYS = f"{new},{old}"
    assert page.get("/sessions/").status_code == 200
    settings.CHIBO_FIELD_KEYS = new
    assert page.get("/sessions/").headers["Location"] == "/sign-in/?next=/sessions/"
    again = sign_in("secretary", browser())
    settings.CHIBO_FIELD_KEYS = f"{Fernet.generate_key().decode()},{new}"
    assert again.get("/sessions/").status_code == 200
    assert unseal_bytes(Session.objects.get(session_key=again.session.session_key).session_data)
