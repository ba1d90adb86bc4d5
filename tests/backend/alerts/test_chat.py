"""Chat and SMS: apprise's own json:// to a real server stands for the services; a count and a link leave, no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.utils.translation import override

from backend.accounts.models import User
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.letters import make_letters
from backend.alerts.models import Attempt, Letter, Notice, Unheard
from backend.alerts.preferences import Preferences, choose
from backend.alerts.reasons import why
from backend.alerts.rehearsal import rehearse
from backend.alerts.sweep import sweep
from backend.alerts.telling import told_in_lines
from backend.contacts import chat
from backend.contacts.chat import remove_chat, set_chat
from backend.contacts.models import ChatAddress
from backend.core import clock
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from tests.backend.alerts.listener import Listener, listening
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)


@pytest.fixture
def ear(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    settings.CHIBO_CHAT_SERVICES = ["json"]
    settings.CHIBO_DELIVERY_RETRY_SECONDS = 0
    monkeypatch.setattr(chat, "READ", 0.5)
    with listening(Listener()) as ear:
        yield ear


def night(ear: Listener, **fields: Any) -> tuple[User, Deadline]:
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell, **fields)
    one = deadline(cell, reference="CN-2026-0007")
    set_chat(secretary.pk, f"json://127.0.0.1:{ear.port}/")
    clock.move_to(FIRST)
    return secretary, one


def run() -> dict[str, int]:
    with as_role("chibo_jobs"):
        sweep()
        return dict(+deliver())


def letter() -> Letter:
    return Letter.objects.get(channel="chat")


def test_a_count_and_a_link_leave_and_the_mail_says_the_rest(ear: Listener) -> None:
    secretary, one = night(ear)
    assert run() == {"letters": 2, "enclosed": 2, "sent": 2}
    ((_, _, body),) = ear.heard
    told = json.loads(body)
    assert (told["title"], told["message"]) == ("1 thời hạn, 17/02/2027", "http://localhost:8000/deadlines/")
    assert "CN-2026-0007" not in body.decode()
    assert [one.to for one in mail.outbox] == [[secretary.email]]
    assert (letter().outcome, letter().address, letter().answer) == ("sent", "json", "accepted by JSON")
    assert Notice.objects.get(channel="mail").outcome == "sent"
    said = {line.channel: (line.outcome, line.answer) for line in story(one).rungs[0].told}
    assert said == {"inbox": ("sent", ""), "mail": ("sent", "accepted"), "chat": ("sent", "accepted by JSON")}
    with override("vi"):
        assert any("tin nhắn · Đã gửi" in line for line in told_in_lines(story(one)))


def test_whoever_has_no_e_mail_is_reached_all_the_same(ear: Listener) -> None:
    _, one = night(ear, email="")
    assert run() == {"letters": 1, "enclosed": 1, "sent": 1}
    assert Notice.objects.values_list("outcome", "reason").get(channel="mail") == ("sent", "")
    said = {line.channel: (line.outcome, line.reason) for line in story(one).rungs[0].told}
    assert said == {"inbox": ("sent", ""), "mail": ("skipped", "no_address"), "chat": ("sent", "")}


@pytest.mark.parametrize(
    ("answer", "became", "accepted", "words"),
    [
        (500, "sent", False, "chat_refused 500"),
        (429, "sent", False, "chat_refused 429"),
        ("hang", "possibly_twice", None, "chat_not_reached"),
        ("drop", "possibly_twice", None, "chat_not_reached"),
    ],
)
def test_what_was_not_taken_is_tried_again(
    ear: Listener, answer: int | str, became: str, accepted: bool | None, words: str
) -> None:
    night(ear)
    ear.answers = [answer]
    run()
    first, second = Attempt.objects.filter(letter=letter()).order_by("number")
    assert (first.accepted, second.accepted) == (accepted, True)
    assert (first.answer, second.answer) == (words, "accepted by JSON")
    assert letter().outcome == became
    assert len(ear.heard) == 2


def test_while_the_chat_waits_the_mail_is_said_to_have_gone(ear: Listener, settings: Any) -> None:
    settings.CHIBO_DELIVERY_RETRY_SECONDS = 3600
    _, one = night(ear)
    ear.answers = [503]
    assert run() == {"letters": 2, "enclosed": 2, "sent": 1, "again": 1}
    notice = Notice.objects.get(channel="mail")
    assert (notice.outcome, notice.settled_at is not None) == ("sent", True), "it was said; the other way is open"
    said = {line.channel: (line.outcome, line.reason) for line in story(one).rungs[0].told}
    assert said == {"inbox": ("sent", ""), "mail": ("sent", ""), "chat": ("held", "waits_for_server")}


def test_what_the_service_refuses_is_final_and_the_mail_counts(ear: Listener) -> None:
    _, one = night(ear)
    ear.answers = [403]
    assert run() == {"letters": 2, "enclosed": 2, "sent": 1, "failed": 1}
    assert Notice.objects.get(channel="mail").outcome == "sent"
    said = {line.channel: (line.outcome, line.reason) for line in story(one).rungs[0].told}
    assert said["chat"] == ("failed", "not_taken")
    assert said["mail"] == ("sent", "")


def test_words_about_a_notice_that_only_a_chat_carried_name_no_mail_server(ear: Listener) -> None:
    night(ear, email="")
    ear.answers = [403]
    assert run() == {"letters": 1, "enclosed": 1, "failed": 1}
    assert Notice.objects.values_list("outcome", "reason").get(channel="mail") == ("failed", "not_accepted")
    assert (why("not_accepted", "en"), why("not_accepted", "vi")) == (
        "The other side did not accept the letter", "Bên nhận không tiếp nhận thư",
    )  # fmt: skip
    for reason in ("not_accepted", "never_answered", "waits_for_server"):
        assert "mail" not in why(reason, "en"), reason


def test_no_redirect_is_followed_whatever_the_address_says(ear: Listener, settings: Any) -> None:
    secretary, _ = night(ear)
    set_chat(secretary.pk, f"json://127.0.0.1:{ear.port}/?redirect=yes&verify=no&rto=300")
    with listening(Listener()) as other:
        ear.answers, ear.redirect = [307], other.url
        run()
        assert other.heard == []
    service = chat.speaking("jsons://example.org/?redirect=yes&verify=no&rto=300&cto=300")
    assert (service.redirects, service.verify_certificate) == (False, True)
    assert service.request_timeout == (4.0, 0.5)


def test_reminders_can_be_muted_for_each_way(ear: Listener) -> None:
    secretary, _ = night(ear)
    choose(secretary, Preferences(muted=("chat",)))
    assert run() == {"letters": 1, "enclosed": 1, "sent": 1}
    assert (ear.heard, len(mail.outbox)) == ([], 1)
    assert list(Unheard.objects.values_list("channel", "reason")) == [("chat", "muted_by_person")]
    assert Notice.objects.get(channel="mail").outcome == "sent"


def test_whoever_mutes_both_hears_nothing_and_each_way_says_why(ear: Listener) -> None:
    secretary, one = night(ear)
    choose(secretary, Preferences(muted=("chat", "mail")))
    assert run() == {"muted_by_person": 1}
    assert Notice.objects.values_list("outcome", "reason").get(channel="mail") == ("skipped", "muted_by_person")
    said = {line.channel: (line.outcome, line.reason) for line in story(one).rungs[0].told}
    assert said["chat"] == said["mail"] == ("skipped", "muted_by_person")


@pytest.mark.parametrize("gone", ["removed", "not allowed any more"])
def test_an_address_that_was_taken_back_gets_no_letter_that_waits(ear: Listener, settings: Any, gone: str) -> None:
    secretary, _ = night(ear)
    sweep()
    make_letters(FIRST)
    if gone == "removed":
        remove_chat(secretary.pk)
    else:
        settings.CHIBO_CHAT_SERVICES = ["tgram"]
    assert +deliver() == {"sent": 1, "failed": 1}
    assert (ear.heard, letter().answer) == ([], "no address any more")


def test_the_rehearsal_counts_what_the_run_then_does(ear: Listener) -> None:
    night(ear)
    rehearsed = rehearse(FIRST)
    assert (Letter.objects.count(), ear.heard) == (0, [])
    sweep()
    assert rehearsed.letters == make_letters(FIRST) == {"letters": 2, "enclosed": 2}


def test_the_address_is_kept_sealed(ear: Listener) -> None:
    night(ear)
    row = ChatAddress.objects.get()
    assert b"127.0.0.1" not in bytes(row.url)
    assert row.service == "json"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12345", "chat.not_allowed"),
        ("mailto://a:b@example.org", "chat.not_allowed"),
        ("json", "chat.not_allowed"),
        ("json://", "chat.not_allowed"),
        ("json://a, tgram://b/c", "chat.not_allowed"),
        ("json://:70000x", "chat.not_read"),
    ],
)
def test_what_cannot_be_an_address_is_said(ear: Listener, url: str, code: str) -> None:
    secretary = person(Office.CELL_SECRETARY, chain()[2])
    with pytest.raises(Refused) as refused:
        set_chat(secretary.pk, url)
    assert [one.code for one in refused.value.answers] == [code]
    assert ChatAddress.objects.count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12345",
        "zalo://123456789:abcdefghijklmnop/12345",
        "twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@15551230000/15551231234",
    ],
)
def test_the_services_that_are_delivered_are_read(url: str) -> None:
    secretary = person(Office.CELL_SECRETARY, chain()[2])
    assert set_chat(secretary.pk, url).service == url.split(":", maxsplit=1)[0]


def test_services_go_by_the_names_people_know(settings: Any) -> None:
    settings.CHIBO_CHAT_SERVICES = ["tgram", "zalo", "signal"]
    assert chat.named() == "Telegram, Zalo, signal"
