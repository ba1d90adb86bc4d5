"""Notices on devices to a real push service that checks and decrypts each: what is said, and what every answer means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import urllib3
from django.core import mail

from backend.accounts.models import User
from backend.alerts import delivery, hook_line, push
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.letters import make_letters
from backend.alerts.models import Attempt, Letter, Notice, Unheard
from backend.alerts.preferences import Preferences, choose
from backend.alerts.rehearsal import rehearse
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.contacts.devices import add_device, devices_of, remove_device
from backend.contacts.models import Device
from backend.core import clock, vapid
from backend.deadlines.models import Deadline
from tests.backend.alerts.listener import listening
from tests.backend.alerts.push_service import PushService
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.faults.machines import free_port
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)
PAIR = vapid.new_pair()
BROKEN = [("hang", "ReadTimeoutError"), ("drop", "ProtocolError"), ("dribble", "ProtocolError")]


@pytest.fixture
def service(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    settings.CHIBO_VAPID_PUBLIC_KEY, settings.CHIBO_VAPID_PRIVATE_KEY = PAIR[vapid.PUBLIC], PAIR[vapid.PRIVATE]
    settings.CHIBO_LOOPBACK_TARGETS = True
    settings.CHIBO_DELIVERY_RETRY_SECONDS = 0
    monkeypatch.setattr(hook_line, "LONGEST", 1.5)
    monkeypatch.setattr(hook_line, "TIMEOUT", urllib3.Timeout(connect=0.5, read=0.5))
    with listening(PushService(PAIR[vapid.PUBLIC])) as service:
        yield service  # type: ignore[misc]


def night(service: PushService, *, email: str | None = None, **fields: Any) -> tuple[User, Deadline]:
    """A secretary with a device, who is due to hear of a deadline."""
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell, email=email, **fields)
    add_device(secretary.pk, service.browser())
    one = deadline(cell, reference="CN-2026-0007")
    clock.move_to(FIRST)
    return secretary, one


def run() -> dict[str, int]:
    with as_role("chibo_jobs"):
        sweep()
        return dict(deliver())


def letter() -> Letter:
    return Letter.objects.get(channel="push")


def notice() -> tuple[str, str]:
    return Notice.objects.values_list("outcome", "reason").get(channel="mail")


def tries() -> list[tuple[bool | None, str]]:
    return list(Attempt.objects.filter(letter=letter()).order_by("number").values_list("accepted", "answer"))


def said(one: Deadline, rung: int = 0) -> dict[str, tuple[str, str, str]]:
    return {line.channel: (line.outcome, line.reason, line.answer) for line in story(one).rungs[rung].told}


def test_a_count_and_a_link_in_the_persons_language_and_no_more(service: PushService) -> None:
    secretary, one = night(service)
    assert run() == {"letters": 2, "enclosed": 2, "sent": 2}
    ((told, fields),) = service.told
    assert told == {
        "id": letter().message_id.strip("<>").split("@")[0], "title": "Chibo", "lang": "vi", "tag": "letter",
        "body": str(mail.outbox[0].subject), "link": "/deadlines/",
    }  # fmt: skip
    assert FIRST.strftime("%d/%m/%Y") in told["body"]
    assert (fields["ttl"], fields["urgency"], fields["topic"]) == (str(7 * 24 * 3600), "normal", "letter")
    everything = json.dumps(told)
    assert not [
        word for word in (secretary.full_name, "CN-2026-0007", one.unit.name, one.unit.code) if word in everything
    ]
    assert (letter().outcome, letter().answer, letter().address) == ("sent", "127.0.0.1: 201 Created", "127.0.0.1")
    assert said(one) == {
        "inbox": ("sent", "", ""), "mail": ("sent", "", "accepted"), "push": ("sent", "", "127.0.0.1: 201 Created"),
    }  # fmt: skip


def test_english_for_whoever_reads_english(service: PushService) -> None:
    night(service, language="en")
    run()
    assert (service.told[0][0]["lang"], service.told[0][0]["body"]) == ("en", f"1 deadline, {FIRST:%d/%m/%Y}")


def test_what_is_critical_goes_at_once_urgently_and_is_replaced_by_nothing_else(service: PushService) -> None:
    secretary, _ = night(service)
    deadline(secretary.assignments.get().unit)
    sweep()
    Notice.objects.update(critical=True)
    assert deliver()["sent"] == 4
    (one, _), (two, fields) = service.told
    assert fields["urgency"] == "high"
    assert len({one["tag"], two["tag"], "letter"}) == 3
    assert fields["topic"] == two["tag"]
    assert two["body"].startswith("KHẨN")


def test_the_next_ordinary_letter_replaces_the_last(service: PushService) -> None:
    secretary, _ = night(service)
    run()
    deadline(secretary.assignments.get().unit)
    clock.move_to(CALENDAR.add_working_days(FIRST, 1))
    run()
    (one, first), (two, second) = service.told
    assert first["topic"] == second["topic"]
    assert one["id"] != two["id"]


def test_each_device_has_a_letter_and_an_answer_of_its_own(service: PushService) -> None:
    secretary, one = night(service)
    add_device(secretary.pk, service.browser("/device/2"))
    service.answers = [503]
    assert run() == {"letters": 3, "enclosed": 3, "sent": 1, "again": 1}
    assert {outcome for channel, (outcome, _, _) in said(one).items() if channel == "push"} == {"held"}
    assert run()["sent"] == 2
    assert len(service.told) == 2
    assert {outcome for line in story(one).rungs[0].told if line.channel == "push" for outcome in [line.outcome]} == {
        "sent"
    }
    assert notice() == ("sent", "")


def test_whoever_has_no_e_mail_is_reached_all_the_same(service: PushService) -> None:
    _, one = night(service, email="")
    assert run() == {"letters": 1, "enclosed": 1, "sent": 1}
    assert notice() == ("sent", "")
    assert said(one)["mail"][:2] == ("skipped", "no_address")


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_set_aside_at_once(service: PushService, status: int) -> None:
    secretary, one = night(service)
    service.answers = [status]
    assert run() == {"letters": 2, "enclosed": 2, "sent": 1, "failed": 1}
    assert Device.objects.get().gone_at is not None
    event = Event.objects.get(code="user.device_gone")
    assert (event.subject_kind, event.subject_id, event.office) == ("user", secretary.pk, "system")
    assert said(one)["push"][:2] == ("failed", "not_taken")
    assert notice() == ("sent", "")
    later = deadline(secretary.assignments.get().unit)
    clock.move_to(CALENDAR.add_working_days(FIRST, 1))
    assert run() == {"letters": 1, "enclosed": 1, "sent": 1}
    assert len(service.heard) == 1, "nothing is sent there any more"
    assert said(later)["push"][:2] == ("skipped", "address_dead")
    assert list(Unheard.objects.values_list("channel", "reason")) == [("push", "address_dead")]


def test_beside_a_living_device_nobody_asks_for_a_dead_one(service: PushService) -> None:
    secretary, one = night(service)
    add_device(secretary.pk, service.browser("/device/2"))
    Device.objects.filter(pk=devices_of(secretary.pk)[1].pk).update(gone_at=clock.now())
    assert run() == {"letters": 2, "enclosed": 2, "sent": 2}
    assert [place for place, _, _ in service.heard] == ["/device/2"]
    assert Unheard.objects.count() == 0
    assert said(one)["push"][0] == "sent"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "127.0.0.1: 400 Bad Request"),
        (403, "127.0.0.1: 403 Forbidden"),
        (413, "127.0.0.1: 413 Request Entity Too Large (too large for the push service)"),
        (307, "127.0.0.1: 307 Temporary Redirect"),
    ],
)
def test_another_refusal_is_final_and_the_device_stays(service: PushService, status: int, words: str) -> None:
    _, one = night(service)
    service.answers, service.redirect = [status], "http://127.0.0.1:1/"
    assert run() == {"letters": 2, "enclosed": 2, "sent": 1, "failed": 1}
    assert said(one)["push"] == ("failed", "not_taken", words)
    assert (len(service.heard), Device.objects.get().gone_at, notice()) == (1, None, ("sent", ""))


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_what_was_not_taken_is_tried_again(service: PushService, status: int) -> None:
    night(service)
    service.answers = [status]
    run()
    assert letter().outcome == "held"
    assert +deliver() == {"sent": 1}
    assert [accepted for accepted, _ in tries()] == [False, True]
    assert (len(service.told), letter().outcome) == (1, "sent")


@pytest.mark.parametrize("form", ["seconds", "moment", "a year", "nonsense", "past"])
def test_the_service_says_for_how_long_it_wants_to_be_left_alone(service: PushService, form: str) -> None:
    night(service)
    now = clock.now()
    service.answers, service.fields = [429], {
        "Retry-After": {
            "seconds": "600", "moment": format_datetime(now + timedelta(seconds=600), usegmt=False), "a year": "31536000",
            "nonsense": "soon", "past": "Fri, 31 Dec 1999 23:59:59 GMT",
        }[form]
    }  # fmt: skip
    run()
    waits = (letter().next_attempt_at or now) - now
    least = {"seconds": 600, "moment": 598, "a year": 24 * 3600, "nonsense": 0, "past": 0}[form]
    assert timedelta(seconds=least) <= waits <= timedelta(seconds=least + 60)


@pytest.mark.parametrize(("answer", "words"), BROKEN)
def test_a_line_that_breaks_says_nothing_and_the_same_is_sent_again(
    service: PushService, answer: str, words: str
) -> None:
    night(service)
    service.answers = [answer]
    run()
    assert +deliver() == {"possibly_twice": 1}
    assert tries() == [(None, words), (True, "127.0.0.1: 201 Created")]
    first, second = (service.browsers["/device/1"].read(body) for _, _, body in service.heard)
    assert json.loads(first) == json.loads(second), "one id and one topic: the browser shows it once"
    assert {fields["topic"] for _, fields, _ in service.heard} == {"letter"}
    assert notice() == ("possibly_twice", "")


def test_a_worker_that_died_after_sending_sends_the_same_again_and_says_so(service: PushService) -> None:
    night(service)
    sweep()
    make_letters(FIRST)
    (claimed,) = delivery.claim(channels=["push"])
    assert push.Pusher().carry(claimed.letter_id).verdict == "accepted"  # and here the worker is gone
    assert +deliver() == {"sent": 1}, "while the lease holds nobody else takes it"
    Letter.objects.filter(channel="push").update(next_attempt_at=clock.now())
    assert +deliver() == {"possibly_twice": 1}
    assert len({told["id"] for told, _ in service.told}) == 1
    assert tries() == [(None, "no answer known"), (True, "127.0.0.1: 201 Created")]


def test_a_service_that_is_away_holds_up_no_mail_and_one_letter_a_run(service: PushService) -> None:
    secretary, _ = night(service)
    subscription = service.browser("/device/2")
    add_device(
        secretary.pk, type(subscription)(f"http://127.0.0.1:{free_port()}/", subscription.p256dh, subscription.auth)
    )
    remove_device(secretary.pk, devices_of(secretary.pk)[1].pk)
    add_device(person(Office.CELL_SECRETARY, secretary.assignments.get().unit).pk, service.browser("/device/3"))
    assert run() == {"letters": 4, "enclosed": 4, "sent": 2, "again": 1}
    assert len(mail.outbox) == 2
    assert deliver()["sent"] == 1, "the other device's letter goes with the next run"


def test_what_is_no_longer_public_is_not_called(service: PushService, settings: Any) -> None:
    _, one = night(service)
    settings.CHIBO_LOOPBACK_TARGETS = False
    run()
    assert service.heard == []
    assert said(one)["push"] == ("failed", "not_taken", "target.not_secure")


def test_a_device_that_was_removed_gets_no_letter_that_waits(service: PushService) -> None:
    secretary, _ = night(service)
    sweep()
    make_letters(FIRST)
    remove_device(secretary.pk, Device.objects.get().pk)
    assert +deliver() == {"sent": 1, "failed": 1}
    assert (service.heard, letter().answer) == ([], "no address any more")


def test_without_a_key_nothing_is_sent_and_the_ledger_says_so(service: PushService, settings: Any) -> None:
    _, one = night(service)
    settings.CHIBO_VAPID_PRIVATE_KEY = ""
    run()
    assert service.heard == []
    assert said(one)["push"] == ("failed", "not_taken", "no VAPID key: nothing is sent to devices")


def test_under_another_key_the_service_refuses_and_the_device_stays(service: PushService, settings: Any) -> None:
    night(service)
    settings.CHIBO_VAPID_PRIVATE_KEY = vapid.new_pair()[vapid.PRIVATE]
    run()
    assert (letter().answer, Device.objects.get().gone_at) == ("127.0.0.1: 403 Forbidden", None)


def test_the_contact_is_whoever_was_named_else_the_sender_of_letters(service: PushService, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Chi bộ <chibo@example.org>"
    assert push.contact() == "mailto:chibo@example.org"
    settings.CHIBO_VAPID_CONTACT = "https://example.org/contact"
    assert push.contact() == "https://example.org/contact"


def test_a_letter_with_nothing_left_to_say_is_not_sent(service: PushService) -> None:
    _, one = night(service)
    sweep()
    make_letters(FIRST)
    Deadline.objects.filter(pk=one.pk).update(status="met")
    assert +deliver() == {"skipped": 2}
    assert service.heard == []


def test_reminders_are_muted_by_device_alone_and_never_what_is_due(service: PushService) -> None:
    secretary, one = night(service)
    choose(secretary, Preferences(muted=("push",)))
    assert run() == {"letters": 1, "enclosed": 1, "sent": 1}
    assert service.heard == []
    assert said(one)["push"][:2] == ("skipped", "muted_by_person")
    clock.move_to(DUE)
    run()
    assert len(service.told) == 1, "the floor: on the day itself it comes by every way"


def test_the_rehearsal_counts_what_the_run_then_does(service: PushService) -> None:
    secretary, _ = night(service)
    add_device(secretary.pk, service.browser("/device/2"))
    rehearsed = rehearse(FIRST)
    assert (Letter.objects.count(), service.heard) == (0, [])
    sweep()
    assert rehearsed.letters == make_letters(FIRST) == {"letters": 3, "enclosed": 3}
