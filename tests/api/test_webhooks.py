"""Webhooks and chat through the door: who may, what is shown once, and nothing across units."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.test import Client

from backend.accounts.administration import move_unit
from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.contacts.models import ChatAddress, Endpoint
from backend.core import clock
from tests.api.conftest import Knock, traces
from tests.roles import as_role
from tests.world import World, person, unit
from workflows.offices import Level, Office

PLACE, CHAT = "/api/v1/webhooks/", "/api/v1/me/chat/"
URL = "https://example.org/told"
NEVER = 987_654_321
TELEGRAM = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12345"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few names of this test's own; all else (the database) is looked up as ever."""
    known, really = {"example.org": "93.184.216.34", "inside.example": "10.0.0.5"}, socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> list[Any]:
        if host == "nowhere.example":
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (known[host], port))] if host in known else really(host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_an_officer_registers_one_exchanges_its_secret_and_closes_it(world: World, as_: Knock) -> None:
    officer = as_("officer")
    with as_role("chibo_app"):
        made = officer.post(PLACE, {"unit": world.commune.pk, "url": URL})
        assert made.status_code == 201
        told = made.json()
        assert told["secret"].startswith("whsec_")
        assert (told["unit_code"], told["url"], told["closed_at"], told["gone_at"]) == ("87.107", URL, None, None)
        (listed,) = officer.get(PLACE).json()["results"]
        assert listed == {name: value for name, value in told.items() if name != "secret"}
        again = officer.post(f"{PLACE}secret/", {"webhook": told["id"]})
        assert (again.status_code, again.json()["secret"] != told["secret"]) == (200, True)
        assert again.json()["old_secret_until"] is not None
        closed = officer.post(f"{PLACE}close/", {"webhook": told["id"]})
        assert (closed.status_code, closed.json()["closed_at"] is not None) == (200, True)
    before = traces()
    assert officer.post(f"{PLACE}close/", {"webhook": told["id"]}).json() == closed.json()
    refused = officer.post(f"{PLACE}secret/", {"webhook": told["id"]})
    assert (refused.status_code, refused.json()["unmet"][0]["code"]) == (422, "webhook.closed")
    assert traces() == before
    events = Event.objects.filter(subject_kind="webhook").order_by("id")
    assert [one.code for one in events] == ["webhook.registered", "webhook.secret_exchanged", "webhook.closed"]
    assert not any(b"example.org" in bytes(one.line) for one in events)
    assert not any(told["secret"].encode() in bytes(one.line) for one in events)


@pytest.mark.parametrize("name", ["secretary", "auditor", "committee"])
def test_other_offices_may_not_and_learn_nothing(world: World, as_: Knock, name: str) -> None:
    before = traces()
    for answer in (
        as_(name).get(PLACE),
        as_(name).post(PLACE, {"unit": world.cell.pk, "url": URL}),
        as_(name).post(PLACE, {"wrong": 1}),
        as_(name).post(f"{PLACE}close/", {"webhook": NEVER}),
    ):
        assert answer.status_code == 403
    assert (traces(), Endpoint.objects.count()) == (before, 0)


def test_what_belongs_to_another_commune_is_not_there(world: World, as_: Knock) -> None:
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    person("far_officer", Office.ORGANISATION_OFFICER, far)
    theirs = as_("far_officer").post(PLACE, {"unit": far.pk, "url": URL}).json()["id"]
    before = traces()
    officer = as_("officer")
    with as_role("chibo_app"):
        for place in ("secret", "close"):
            answers = [officer.post(f"{PLACE}{place}/", {"webhook": one}) for one in (theirs, NEVER)]
            assert [one.status_code for one in answers] == [404, 404]
            assert answers[0].json() == answers[1].json()
        answers = [officer.post(PLACE, {"unit": one, "url": URL}) for one in (far.pk, world.province.pk, NEVER)]
        assert [one.status_code for one in answers] == [404, 404, 404]
        assert officer.get(PLACE).json()["results"] == []
    assert (traces(), Endpoint.objects.get().closed_at) == (before, None)
    assert [one["id"] for one in as_("province").get(PLACE).json()["results"]] == [theirs]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/", "target.not_secure"),
        ("https://inside.example/", "target.not_public"),
        ("https://nowhere.example/", "target.unknown_name"),
        ("javascript:alert(1)", "target.no_url"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_in_a_sentence(
    world: World, as_: Knock, url: str, code: str
) -> None:
    before = traces()
    refused = as_("officer").post(PLACE, {"unit": world.commune.pk, "url": url})
    assert (refused.status_code, [one["code"] for one in refused.json()["unmet"]]) == (422, [code])
    assert refused.json()["unmet"][0]["fact"] == "url"
    assert (traces(), Endpoint.objects.count()) == (before, 0)


def test_a_unit_has_ten_at_most(world: World, as_: Knock) -> None:
    officer, wanted = as_("officer"), {"unit": world.commune.pk, "url": URL}
    last = [officer.post(PLACE, wanted) for _ in range(10)][-1]
    refused = officer.post(PLACE, wanted)
    assert refused.json()["unmet"][0]["vi"] == "Đơn vị này đã có 10 webhook."
    officer.post(f"{PLACE}close/", {"webhook": last.json()["id"]})
    assert officer.post(PLACE, wanted).status_code == 201


def test_it_moves_with_its_unit(world: World, as_: Knock) -> None:
    as_("officer").post(PLACE, {"unit": world.cell.pk, "url": URL})
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    move_unit(Actor.operator("test"), world.cell.pk, far.pk, on=clock.today())
    assert Endpoint.objects.get().unit_path == f"{far.path}{world.cell.pk}/"


def test_one_sets_the_own_chat_sees_the_service_alone_and_removes_it(world: World, as_: Knock) -> None:
    secretary = as_("secretary")
    services = ["tgram", "zalo", "twilio", "vonage"]
    nothing = {"service": None, "set_at": None, "services": services}
    with as_role("chibo_app"):
        assert secretary.get(CHAT).json() == nothing
        put = secretary.put(CHAT, {"url": TELEGRAM})
        assert (put.status_code, put.json()["service"]) == (200, "tgram")
        assert "abcdefgh" not in put.content.decode() + secretary.get(CHAT).content.decode()
        assert as_("deputy").get(CHAT).json() == nothing
        assert as_("deputy").delete(CHAT).status_code == 204
        assert secretary.get(CHAT).json()["service"] == "tgram"
        assert secretary.delete(CHAT).status_code == 204
        assert secretary.get(CHAT).json() == nothing
    codes = list(Event.objects.filter(subject_kind="user").order_by("id").values_list("code", flat=True))
    assert [one for one in codes if "chat" in one] == ["user.chat_set", "user.chat_removed"]


@pytest.mark.parametrize("wanted", [{"url": "json://10.0.0.5/"}, {"url": "mailto://x:y@z"}, {"url": "x"}])
def test_a_service_that_is_not_allowed_is_refused(world: World, as_: Knock, wanted: Any) -> None:
    before = traces()
    refused = as_("secretary").put(CHAT, wanted)
    assert (refused.status_code, refused.json()["unmet"][0]["code"]) == (422, "chat.not_allowed")
    assert (traces(), ChatAddress.objects.count()) == (before, 0)
    assert as_("secretary").put(CHAT, {"uri": "x"}).status_code == 400
    assert Client().put(CHAT).status_code == 401
