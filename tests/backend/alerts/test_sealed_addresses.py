"""No part of a sealed address (a token, a chat, a telephone number, a path) stands in what the proof keeps or a log says."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
import structlog
import urllib3
from apprise.plugins.base import NotifyBase
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.twilio import NotifyTwilio
from apprise.plugins.vonage import NotifyVonage
from apprise.plugins.zalo import NotifyZalo
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import override

from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.alerts import hook_line, push
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.models import Attempt, Letter, Notice
from backend.alerts.register import table
from backend.alerts.sweep import sweep
from backend.api.v1.proof_shapes import StoryShape
from backend.contacts import chat
from backend.contacts.chat import set_chat
from backend.contacts.devices import add_device
from backend.contacts.endpoints import register
from backend.contacts.models import Device, Endpoint
from backend.core import clock, vapid
from backend.deadlines.models import Deadline
from tests.backend.alerts.listener import Listener, listening
from tests.backend.alerts.push_service import Browser
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)
PAIR = vapid.new_pair()
DELIVERED = {
    NotifyTelegram: "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12315544",
    NotifyZalo: "zalo://987654321:abcdefghijklmnop/12315544",
    NotifyTwilio: f"twilio://AC{'a' * 32}:{'b' * 32}@15551230000/15551231234",
    NotifyVonage: "vonage://AC123456:tokensecret@15551230000/15551231234",
}


@pytest.fixture
def ear(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    settings.CHIBO_VAPID_PUBLIC_KEY, settings.CHIBO_VAPID_PRIVATE_KEY = PAIR[vapid.PUBLIC], PAIR[vapid.PRIVATE]
    settings.CHIBO_LOOPBACK_TARGETS = True
    settings.CHIBO_DELIVERY_ATTEMPTS = 1
    monkeypatch.setattr(chat, "READ", 0.5)
    monkeypatch.setattr(hook_line, "TIMEOUT", urllib3.Timeout(connect=0.5, read=0.5))
    with listening(Listener()) as ear:
        yield ear


def night() -> tuple[User, Deadline]:
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    clock.move_to(FIRST)
    return secretary, deadline(cell, explanation={"code": "own", "due": DUE.isoformat()})


@contextmanager
def overheard() -> Iterator[StringIO]:
    """What reaches the process's log at its most talkative (pytest's own `caplog` listens at closed doors too)."""
    root, said = logging.getLogger(), StringIO()
    handler, level = logging.StreamHandler(said), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def run() -> tuple[list[Any], str]:
    """A run as the jobs do it: the structured lines, and what libraries write."""
    with overheard() as said, structlog.testing.capture_logs() as lines, as_role("chibo_jobs"):
        sweep()
        deliver()
        logging.getLogger("another").warning("is heard")
    assert "is heard" in said.getvalue()
    return lines, said.getvalue()


def kept(one: Deadline) -> str:
    """Letters, attempts, what `explain` prints and the ledger's table has in both languages, and what the ledger answers."""
    rows = [*Letter.objects.exclude(channel="mail").values(), *Attempt.objects.values()]
    told = [json.dumps(rows, cls=DjangoJSONEncoder), json.dumps(StoryShape(story(one)).data, cls=DjangoJSONEncoder)]
    for language in ("vi", "en"):
        out = StringIO()
        with override(language):
            call_command("explain", str(one.pk), stdout=out)
        told += [out.getvalue(), *table(Notice.objects.all(), language)]
    return "\n".join(told)


def parts(url: str) -> list[str]:
    """What a URL is made of behind its scheme, short words left out."""
    return [one for one in re.split(r"[^A-Za-z0-9]+", url.partition("://")[2]) if len(one) > 4]


def shown(url: str, *texts: str) -> list[str]:
    return [part for part in parts(url) if any(part.lower() in text.lower() for text in texts)]


@pytest.mark.parametrize("plugin", DELIVERED, ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    ("answer", "words"),
    [(403, "chat_refused 403"), (500, "chat_refused 500"), ("hang", "chat_not_reached"), ("drop", "chat_not_reached")],
)
def test_what_went_wrong_by_chat_is_told_in_chibos_own_words(
    ear: Listener, monkeypatch: pytest.MonkeyPatch, plugin: type[NotifyBase],
    answer: int | str, words: str,
) -> None:  # fmt: skip
    url = DELIVERED[plugin]
    name = "notify_sms_url" if plugin is NotifyTwilio else "notify_url"
    monkeypatch.setattr(plugin, name, re.sub("^https://[^/]+", f"http://127.0.0.1:{ear.port}", getattr(plugin, name)))
    secretary, one = night()
    set_chat(secretary.pk, url)
    ear.always = answer
    lines, logged = run()
    assert ear.heard != []
    letter = Letter.objects.get(channel="chat")
    assert (letter.answer, letter.outcome, letter.tries.get().answer) == (words, "failed", words)
    assert shown(url, kept(one), str(lines), logged) == []


def test_the_reason_is_said_in_both_languages(ear: Listener, settings: Any) -> None:
    settings.CHIBO_CHAT_SERVICES = ["json"]
    secretary, one = night()
    set_chat(secretary.pk, f"json://127.0.0.1:{ear.port}/12315544")
    ear.always = 403
    run()
    (line,) = [line for line in StoryShape(story(one)).data["rungs"][0]["told"] if line["channel"] == "chat"]
    assert (line["answer"], line["answer_label"]) == (
        "chat_refused 403",
        {
            "en": "The chat or SMS service did not take the message (403)",
            "vi": "Dịch vụ tin nhắn không tiếp nhận tin (403)",
        },
    )
    assert kept(one).count("Dịch vụ tin nhắn không tiếp nhận tin (403)") == 2, "by explain, and in the table"


def test_an_error_of_the_library_is_named_by_its_kind(ear: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    url = DELIVERED[NotifyTelegram]

    def broken(*_: Any, **__: Any) -> bool:
        raise ValueError(url)

    monkeypatch.setattr(NotifyTelegram, "notify", broken)
    secretary, one = night()
    set_chat(secretary.pk, url)
    lines, logged = run()
    assert lines == [{"event": "chat_failed", "service": "Telegram", "error": "ValueError", "log_level": "error"}]
    assert Letter.objects.values_list("answer", flat=True).get(channel="chat") == "chat_not_reached"
    assert shown(url, kept(one), logged) == []


def test_an_address_that_cannot_be_read_is_logged_nowhere(capfd: Any) -> None:
    with overheard() as said:
        assert chat.speaking("tgram://nobodys-secret-token/12315544") is None
    assert (said.getvalue(), *capfd.readouterr()) == ("", "", "")


@pytest.mark.parametrize("answer", [403, 500, "hang", "drop"])
def test_of_a_device_the_service_is_kept_and_nothing_of_the_address(ear: Listener, answer: int | str) -> None:
    url = f"http://127.0.0.1:{ear.port}/wpush/v2/gAAAAABsecretdevice"
    secretary, one = night()
    add_device(secretary.pk, Browser().subscription(url))
    ear.always, ear.phrase = answer, "no such thing: /wpush/v2/gAAAAABsecretdevice"
    lines, logged = run()
    assert ear.heard[0][0] == "/wpush/v2/gAAAAABsecretdevice"
    assert shown(url, kept(one), str(lines), logged) == []
    assert Device.objects.get().service == "127.0.0.1"


def test_an_error_on_the_way_to_a_device_is_logged_without_its_words(
    ear: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{ear.port}/wpush/v2/gAAAAABsecretdevice"

    def broken(*_: Any) -> Any:
        raise ValueError(url)

    secretary, one = night()
    add_device(secretary.pk, Browser().subscription(url))
    monkeypatch.setattr(push, "posted", broken)
    lines, logged = run()
    ((line),) = lines
    assert (line["event"], line["error"], "exc_info" in line) == ("letter_failed", "ValueError", False)
    assert "push.py" in line["where"]
    assert Letter.objects.values_list("answer", flat=True).get(channel="push") == "ValueError"
    assert shown(url, kept(one), str(lines), logged) == []


@pytest.mark.parametrize("answer", [200, 403, 410, "drop"])
@pytest.mark.parametrize("secret", ["/hooks/T000secretpath", "?token=T000secretpath"])
def test_of_a_webhook_the_host_is_kept_and_nothing_behind_it(ear: Listener, answer: int | str, secret: str) -> None:
    _, one = night()
    unit = one.unit
    officer = person(Office.ORGANISATION_OFFICER, unit)
    actor = Actor(Office.ORGANISATION_OFFICER, unit.path, unit_id=unit.pk, user_id=officer.pk, name="Người ghi")
    register(actor, unit.pk, f"http://127.0.0.1:{ear.port}{secret}")
    ear.always, ear.phrase = answer, f"at {secret}"
    lines, logged = run()
    assert len(ear.heard) == 1
    assert Letter.objects.values_list("address", flat=True).get(channel="webhook") == f"127.0.0.1:{ear.port}"
    assert shown(f"x://{secret}", kept(one), str(lines), logged) == []
    assert Endpoint.objects.get().url.endswith(secret), "shown to the offices that register webhooks, and to no other"
