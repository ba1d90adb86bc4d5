"""Webhooks to a real server: signed, tried again under the same id, set aside on 410, and no word of theirs about people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import urllib3
from django.core import mail
from standardwebhooks import Webhook, WebhookVerificationError

from backend.accounts.policy import Actor
from backend.alerts import delivery, hook_line, hook_payload, hooks
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.letters import make_letters
from backend.alerts.models import Attempt, Letter, Notice
from backend.alerts.rehearsal import rehearse
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.contacts.endpoints import OVERLAP, close, exchange_secret, register
from backend.contacts.models import Endpoint
from backend.core import clock
from backend.core.keyring import unseal
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.alerts.listener import Listener, listening
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.faults.machines import free_port
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)


@pytest.fixture
def ear(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    settings.CHIBO_LOOPBACK_TARGETS = True
    settings.CHIBO_DELIVERY_RETRY_SECONDS = 0
    monkeypatch.setattr(hook_line, "LONGEST", 1.5)
    monkeypatch.setattr(hook_line, "TIMEOUT", urllib3.Timeout(connect=0.5, read=0.5))
    with listening(Listener()) as ear:
        yield ear


def officer(unit: Unit) -> Actor:
    user = person(Office.ORGANISATION_OFFICER, unit)
    return Actor(Office.ORGANISATION_OFFICER, unit.path, unit_id=unit.pk, user_id=user.pk, name="Người ghi")


def night() -> tuple[Unit, Unit, Deadline]:
    """A cell whose secretary is due to hear of a deadline."""
    _, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    one = deadline(cell, reference="CN-2026-0007")
    clock.move_to(FIRST)
    return commune, cell, one


def hook(ear: Listener, at: Unit) -> tuple[Endpoint, str]:
    return register(officer(at), at.pk, ear.url)


def run() -> dict[str, int]:
    with as_role("chibo_jobs"):
        sweep()
        return dict(deliver())


def letter() -> Letter:
    return Letter.objects.get(channel="webhook")


def test_it_is_told_what_is_told_below_signed_and_without_names(ear: Listener) -> None:
    commune, cell, one = night()
    row, secret = hook(ear, commune)
    assert run() == {"letters": 2, "enclosed": 1, "sent": 2}
    ((place, fields, body),) = ear.heard
    assert (place, fields["host"]) == ("/told?by=chibo", f"127.0.0.1:{ear.port}")
    told = Webhook(secret).verify(body, fields)
    (line,) = told["data"].pop("told")
    assert told["type"] == "deadlines.told"
    assert told["data"] == {
        "unit": commune.code, "day": FIRST.isoformat(), "urgent": False, "count": 1,
        "list": "http://localhost:8000/deadlines/",
    }  # fmt: skip
    assert line == {
        "deadline": one.pk, "reference": "CN-2026-0007", "rule": "PRO.CELL_REVIEW", "due_on": DUE.isoformat(),
        "overdue": False, "unit": cell.code, "acting_unit": cell.code, "rung": 0, "kind": "remind", "levels_up": 0,
        "office": "cell_secretary", "told_unit": cell.code, "link": f"http://localhost:8000/deadlines/{one.pk}/",
    }  # fmt: skip
    assert fields["webhook-id"] == "msg_" + letter().message_id.strip("<>").split("@")[0]
    assert (letter().outcome, letter().answer) == ("sent", "127.0.0.1: 200 OK")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", fields)
    assert unseal(row.secret) == secret
    assert secret.encode() not in bytes(row.secret)


def test_a_unit_beside_is_not_told(ear: Listener) -> None:
    night()
    hook(ear, chain()[1])
    assert run() == {"letters": 1, "enclosed": 1, "sent": 1}
    assert ear.heard == []


def test_whether_people_were_told_does_not_depend_on_a_program(ear: Listener) -> None:
    _, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell, email="")
    one = deadline(cell)
    clock.move_to(FIRST)
    hook(ear, commune)
    assert run() == {"letters": 1, "enclosed": 0, "no_address": 1, "sent": 1}
    assert Notice.objects.values_list("outcome", "reason").get(channel="mail") == ("skipped", "no_address")
    assert len(ear.heard) == 1
    said = {line.channel: (line.outcome, line.reason) for line in story(one).rungs[0].told}
    assert said == {"inbox": ("sent", ""), "mail": ("skipped", "no_address"), "webhook": ("sent", "")}


def test_gone_is_final_and_nothing_is_sent_there_any_more(ear: Listener) -> None:
    commune, cell, one = night()
    row, _ = hook(ear, commune)
    ear.answers = [410]
    assert run()["failed"] == 1
    row.refresh_from_db()
    assert row.gone_at is not None
    event = Event.objects.get(code="webhook.gone")
    assert (event.subject_kind, event.subject_id, event.office, event.unit_id) == (
        "webhook",
        row.pk,
        "system",
        commune.pk,
    )
    assert (letter().outcome, Attempt.objects.get(letter=letter()).accepted) == ("failed", False)
    (line,) = [line for line in story(one).rungs[0].told if line.channel == "webhook"]
    assert (line.outcome, line.reason, line.answer) == ("failed", "not_taken", "127.0.0.1: 410 Gone")
    deadline(cell)
    clock.move_to(CALENDAR.add_working_days(FIRST, 1))
    run()
    assert len(ear.heard) == 1
    assert Letter.objects.filter(channel="webhook").count() == 1


@pytest.mark.parametrize(
    ("answer", "after", "words"),
    [
        (500, "sent", "127.0.0.1: 500 Internal Server Error"),
        (429, "sent", "127.0.0.1: 429 Too Many Requests"),
        (404, "sent", "127.0.0.1: 404 Not Found"),
        ("hang", "possibly_twice", "ReadTimeoutError"),
        ("drop", "possibly_twice", "ProtocolError"),
        ("dribble", "possibly_twice", "ProtocolError"),
    ],
)
def test_it_is_tried_again_under_the_same_id(ear: Listener, answer: int | str, after: str, words: str) -> None:
    commune, _, _ = night()
    hook(ear, commune)
    ear.answers = [answer]
    assert run() == {"letters": 2, "enclosed": 1, "sent": 1, "again": 1, after: 2 if after == "sent" else 1}
    assert len({fields["webhook-id"] for _, fields, _ in ear.heard}) == 1
    assert len(ear.heard) == 2
    tries = Attempt.objects.filter(letter=letter()).order_by("number").values_list("accepted", "answer")
    assert list(tries) == [(False if after == "sent" else None, words), (True, "127.0.0.1: 200 OK")]
    assert letter().outcome == after
    assert Notice.objects.get(channel="mail").outcome == "sent"


def test_a_program_is_left_alone_for_as_long_as_it_asks(ear: Listener) -> None:
    commune, _, _ = night()
    hook(ear, commune)
    ear.answers, ear.fields = [429], {"Retry-After": "600"}
    now = clock.now()
    assert run() == {"letters": 2, "enclosed": 1, "sent": 1, "again": 1}
    assert timedelta(seconds=600) <= (letter().next_attempt_at or now) - now < timedelta(seconds=660)


def test_a_worker_that_died_after_sending_sends_the_same_id_again_and_says_so(ear: Listener) -> None:
    """The attempt was committed before the message left; its answer never was."""
    commune, _, _ = night()
    _, secret = hook(ear, commune)
    sweep()
    make_letters(FIRST)
    (claimed,) = delivery.claim(channels=["webhook"])
    assert hooks.HookCarrier().carry(claimed.letter_id).verdict == "accepted"  # and here the worker is gone
    assert +deliver() == {"sent": 1}, "while the lease holds nobody else takes it"
    Letter.objects.filter(channel="webhook").update(next_attempt_at=clock.now())
    assert +deliver() == {"possibly_twice": 1}
    assert len({Webhook(secret).verify(body, fields) and fields["webhook-id"] for _, fields, body in ear.heard}) == 1
    assert len(ear.heard) == 2
    tries = Attempt.objects.filter(letter=letter()).order_by("number").values_list("accepted", "answer")
    assert list(tries) == [(None, "no answer known"), (True, "127.0.0.1: 200 OK")]
    assert Notice.objects.get(channel="mail").outcome == "sent"


def test_nobody_there_is_tried_again_and_given_up_at_last(ear: Listener, settings: Any) -> None:
    settings.CHIBO_DELIVERY_ATTEMPTS = 2
    commune, _, _ = night()
    row, _ = hook(ear, commune)
    Endpoint.objects.filter(pk=row.pk).update(url=f"http://127.0.0.1:{free_port()}/")
    assert run() == {"letters": 2, "enclosed": 1, "sent": 1, "again": 1, "failed": 1}
    assert {one.answer for one in Attempt.objects.filter(letter=letter())} == {"NewConnectionError"}
    assert Endpoint.objects.get().gone_at is None


def test_no_redirect_is_followed(ear: Listener, settings: Any) -> None:
    settings.CHIBO_DELIVERY_ATTEMPTS = 1
    commune, _, _ = night()
    hook(ear, commune)
    with listening(Listener()) as other:
        ear.answers, ear.redirect = [302], other.url
        assert run()["failed"] == 1
        assert other.heard == []
    assert letter().answer == "127.0.0.1: 302 Found"


def test_an_address_that_became_private_is_not_called(ear: Listener, settings: Any) -> None:
    commune, _, _ = night()
    hook(ear, commune)
    settings.CHIBO_LOOPBACK_TARGETS = False
    assert run()["failed"] == 1
    assert ear.heard == []
    assert letter().answer == "target.not_secure"


def test_for_a_day_both_secrets_sign(ear: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    commune, _, _ = night()
    row, first = hook(ear, commune)
    _, second = exchange_secret(_operator(), row.pk)
    assert first != second
    run()
    ((_, fields, body),) = ear.heard
    assert len(fields["webhook-signature"].split(" ")) == 2
    assert Webhook(first).verify(body, fields) == Webhook(second).verify(body, fields) == json.loads(body)
    row.refresh_from_db()
    assert row.old_until is not None
    later = row.old_until + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    alone = hooks.headers(row, "<x@y>", "{}")
    assert alone["webhook-signature"] == Webhook(second).sign("msg_x", later, "{}")
    assert timedelta(days=1) == OVERLAP


def test_what_was_closed_before_it_left_is_left_out(ear: Listener) -> None:
    commune, _, one = night()
    hook(ear, commune)
    sweep()
    make_letters(FIRST)
    Deadline.objects.filter(pk=one.pk).update(status="met")
    assert +deliver() == {"skipped": 2}
    assert (ear.heard, mail.outbox, letter().outcome) == ([], [], "skipped")


def test_a_closed_one_hears_nothing_even_of_letters_that_wait(ear: Listener) -> None:
    commune, _, _ = night()
    row, _ = hook(ear, commune)
    sweep()
    make_letters(FIRST)
    close(_operator(), row.pk)
    assert +deliver() == {"sent": 1, "failed": 1}
    assert (ear.heard, letter().answer) == ([], "webhook closed")


def test_a_critical_one_goes_at_once_by_itself(ear: Listener) -> None:
    commune, _, _ = night()
    hook(ear, commune)
    sweep()
    Notice.objects.update(critical=True)
    deliver()
    ((_, _, body),) = ear.heard
    assert json.loads(body)["data"]["urgent"] is True


def test_the_rehearsal_counts_what_the_run_then_does(ear: Listener) -> None:
    commune, cell, _ = night()
    hook(ear, commune)
    hook(ear, cell.parent or commune)
    rehearsed = rehearse(FIRST)
    assert Letter.objects.count() == 0
    sweep()
    made = make_letters(FIRST)
    assert rehearsed.letters == made == {"letters": 3, "enclosed": 1}
    assert [one.letters for one in rehearsed.lines if one.channel == "mail"] == [3]


def test_a_message_has_a_largest_size_and_says_how_many_there_are(
    ear: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_payload, "LARGEST", 1)
    commune, cell, one = night()
    deadline(cell, due=DUE + timedelta(days=1))
    hook(ear, commune)
    clock.move_to(CALENDAR.add_working_days(FIRST, 2))
    run()
    ((_, _, body),) = ear.heard
    data = json.loads(body)["data"]
    assert (data["count"], [line["deadline"] for line in data["told"]]) == (2, [one.pk])


def _operator() -> Actor:
    return Actor(Office.ADMINISTRATOR, "/", user_id=None, name="test")
