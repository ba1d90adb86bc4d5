"""Answers and pages are kept by nobody on the way; static files may be."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from backend.accounts.models import User
from tests.api.conftest import Knock
from tests.world import World


def said(answer: Any) -> tuple[set[str], set[str]]:
    """The words of Cache-Control and of Vary."""
    control, vary = (answer.headers.get(name, "").split(",") for name in ("Cache-Control", "Vary"))
    return {one.strip() for one in control}, {one.strip() for one in vary}


@pytest.mark.parametrize(
    ("place", "status"),
    [("members", 200), ("me", 200), ("members/999", 404), ("members/?no=1", 400), ("events", 200), ("nowhere", 404)],
)
def test_what_the_api_answers_is_kept_by_nobody(world: World, as_: Knock, place: str, status: int) -> None:
    world.members(1)
    answer = as_("secretary").get(f"/api/v1/{place}" if "?" in place else f"/api/v1/{place}/")
    control, vary = said(answer)
    assert (answer.status_code, control) == (status, {"no-store", "private"})
    assert vary >= {"Cookie", "Authorization"}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/password/", 200), ("/sign-in/", 302), ("/sessions/", 200), ("/nowhere/", 404), ("/metrics", 404)],
)
def test_pages_are_kept_by_nobody(world: World, path: str, status: int) -> None:
    client = Client()
    client.force_login(User.objects.get(username="secretary"))
    control, vary = said(answer := client.get(path))
    assert answer.status_code == status
    assert control >= {"no-store", "private"}
    assert vary >= {"Cookie", "Authorization"}


def test_static_files_may_be_kept() -> None:
    assert finders.find("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css")
    answer = Client().get("/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css")
    control, vary = said(answer)
    assert (answer.status_code, "no-store" in control, "Cookie" in vary) == (200, False, False)
    assert any(one.startswith("max-age=") for one in control)
