"""A server that runs on after its database got other keys refuses each new connection: a sentence, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connections
from django.db.backends.signals import connection_created
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from backend.audit.models import Event
from backend.core.keymark import must_open
from tests.realdb import RealDatabase
from tests.web.people import PASSWORD, browser, send, sign_in, text, with_password
from tests.world import make_world

pytestmark = pytest.mark.real
FIELDS = "Không khóa nào trong CHIBO_FIELD_KEYS mở được dữ liệu mã hóa của cơ sở dữ liệu này;"
INDEX = "CHIBO_INDEX_KEY không phải là khóa mà cơ sở dữ liệu này dùng"


@pytest.fixture
def looking(committed_db: RealDatabase) -> Iterator[None]:
    """As a server does (the settings of tests leave it out): each new connection is looked at."""
    cache.clear()
    make_world()
    with_password("secretary")
    connection_created.connect(must_open)
    yield
    connection_created.disconnect(must_open)


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("CHIBO_FIELD_KEYS", "X3Nm0bQd2h8xq1m5m3bq0Yw2v7u4t6s9r1p5o8n2k4E=", FIELDS),
        ("CHIBO_INDEX_KEY", "22" * 32, INDEX),
    ],
)
def test_pages_and_api_say_503_with_the_setting(
    looking: None, settings: LazySettings, name: str, key: str, said: str
) -> None:
    page, api, before = sign_in("secretary"), APIClient(headers={"Accept-Language": "vi"}), Event.objects.count()
    token = api.post("/api/v1/tokens/", {"username": "secretary", "password": PASSWORD}).json()["token"]
    stranger, own = browser(), getattr(settings, name)
    stranger.get("/sign-in/")
    setattr(settings, name, key)
    for client in (page, stranger, api):
        client.raise_request_exception = False

    def answered(ask: Any) -> Any:
        connections.close_all()  # those that were kept go on
        with capture_logs() as lines:
            answer = ask()
        assert (answer.status_code, [line["event"] for line in lines]) == (503, ["key_missing"])
        return answer

    signing_in = {"username": "secretary", "password": PASSWORD}
    for ask in (lambda: page.get("/"), lambda: page.get("/sign-in/"), lambda: send_anew(stranger, signing_in)):
        assert said in text(answered(ask))
    for ask in (
        lambda: api.get("/api/v1/me/", headers={"Authorization": f"Token {token}"}),
        lambda: api.post("/api/v1/tokens/", signing_in),
        lambda: page.get("/api/v1/members/"),
    ):
        told = answered(ask)
        assert (told["Content-Type"], told.json()["code"]) == ("application/problem+json", "key_missing")
        assert said in told.json()["detail"]
    for address, line in (("/healthz", "database away\n"), ("/readyz", "database: away\n")):
        connections.close_all()
        told = browser().get(address)  # a monitor is nobody
        assert (told.status_code, told["Content-Type"], line in text(told)) == (503, "text/plain; charset=utf-8", True)
    setattr(settings, name, own)
    connections.close_all()
    assert (page.get("/").status_code, Event.objects.count()) == (200, before + 1), "one token made"
    assert send(browser(), "/sign-in/", **signing_in).status_code == 302


def send_anew(client: Any, form: dict[str, str]) -> Any:
    return client.post("/sign-in/", {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})
