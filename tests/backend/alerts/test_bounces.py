"""Addresses that refuse letters: at once or by a report that comes back; three letters set one aside, a new one begins anew."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils.translation import override

from backend.accounts.addresses import set_own_address
from backend.accounts.models import User
from backend.alerts.bounces import take_report
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.letters import make_letters
from backend.alerts.management.commands import bounce
from backend.alerts.models import Letter, Notice
from backend.alerts.refusals import MOST, WITHIN, blames_address
from backend.alerts.reports import LARGEST, comparable, read_report
from backend.alerts.sweep import sweep
from backend.alerts.transport import Reply
from backend.audit.models import Event
from backend.core import clock
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from tests.backend.alerts.delivering import claim, settle
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.backend.alerts.test_transport import Server, listening
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)
REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: chibo@localhost
Message-ID: <report-{number}@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 02 Nov 2026 07:00:01 +0700

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{address}>: Recipient address
    rejected: User unknown

--B
Content-Type: {kind}

Return-Path: <chibo@localhost>
Subject: letter
Message-ID:
 {message_id}

the letter itself
--B--
"""


def report(
    letter: Letter, action: str = "failed", status: str = "5.1.1", kind: str = "message/rfc822", **words: Any
) -> bytes:
    """As Postfix writes it."""
    said = {"message_id": letter.message_id, "address": letter.address, "number": letter.pk, **words}
    return REPORT.format(action=action, status=status, kind=kind, **said).encode()


@pytest.fixture
def secretary() -> User:
    cell = chain()[2]
    reader = person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    deliver()
    return reader


def another(user: User) -> Letter:
    """The letter of the next working day on which a deadline is told of, accepted."""
    cell = user.assignments.get().unit
    clock.move_to(CALENDAR.add_working_days(clock.today(), 1))
    deadline(cell, due=CALENDAR.add_working_days(clock.today(), 15))
    sweep()
    deliver()
    return Letter.objects.filter(user=user).latest("pk")


def notices(letter: Letter) -> set[tuple[str, str]]:
    enclosed = letter.enclosures.values("notice_id")
    return set(Notice.objects.filter(id__in=enclosed).values_list("outcome", "reason"))


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/global"])
def test_a_letter_that_came_back_says_so_once(secretary: User, kind: str) -> None:
    letter = Letter.objects.get()
    assert notices(letter) == {("sent", "")}
    with as_role("chibo_jobs"):
        found = take_report(report(letter, kind=kind))
    assert (found.became, found.refusals, found.set_aside) == ("recorded", 1, False)
    letter.refresh_from_db()
    words = f"5.1.1 550 5.1.1 <{letter.address}>: Recipient address rejected: User unknown"
    assert (letter.outcome, letter.returned_words, letter.blames_address) == ("failed", words, True)
    assert notices(letter) == {("failed", "came_back")}
    (line,) = [one for one in story(Deadline.objects.get()).rungs[0].told if one.channel == "mail"]
    assert (line.outcome, line.reason, line.answer) == ("failed", "came_back", f"accepted · {words}")
    assert letter.tries.get().accepted is True, "what the server had said stays"
    before = Letter.objects.values().get()
    assert take_report(report(letter)).became == "known"
    assert (Letter.objects.values().get(), Event.objects.filter(subject_kind="user").count()) == (before, 0)


def test_three_letters_set_the_address_aside_and_the_next_notice_says_so(secretary: User) -> None:
    for count in range(1, MOST + 1):
        letter = Letter.objects.filter(user=secretary).latest("pk")
        with as_role("chibo_jobs"):
            found = take_report(report(letter))
        assert (found.refusals, found.set_aside) == (count, count == MOST)
        secretary.refresh_from_db()
        assert (secretary.address_dead_since is not None) == (count == MOST)
        if count < MOST:
            another(secretary)
    event = Event.objects.get(code="user.address_set_aside")
    assert (event.subject_id, event.office, event.facts) == (secretary.pk, "system", {"refusals": 3})
    assert secretary.email.encode() not in bytes(event.line)
    sent = len(mail.outbox)
    last = Letter.objects.latest("pk")
    another(secretary)
    assert (Letter.objects.latest("pk"), len(mail.outbox)) == (last, sent)
    told = Deadline.objects.latest("pk")
    assert Notice.objects.values_list("outcome", "reason").get(deadline_id=told.pk, rung=0, channel="mail") == (
        "skipped", "address_dead",
    )  # fmt: skip
    (line,) = [one for one in story(told).rungs[0].told if one.channel == "mail"]
    assert (line.user_id, line.reason) == (secretary.pk, "address_dead")


@pytest.mark.parametrize("email", ["new@example.org", None], ids=["another", "confirmed"])
def test_another_address_or_a_confirmed_one_begins_anew(secretary: User, email: str | None) -> None:
    for count in range(MOST):
        take_report(report(Letter.objects.filter(user=secretary).latest("pk")))
        if count < MOST - 1:
            another(secretary)
    set_own_address(secretary.pk, email or secretary.email)
    secretary.refresh_from_db()
    assert secretary.address_dead_since is None
    letter = another(secretary)
    assert (letter.outcome, letter.address) == ("sent", email or secretary.email)
    found = take_report(report(letter))
    assert (found.refusals, found.set_aside) == (1, False)
    event = Event.objects.get(code="user.address_set")
    assert (event.facts, event.user_id) == ({"confirmed": email is None}, secretary.pk)


def test_an_old_letter_that_comes_back_says_nothing_of_the_new_address(secretary: User) -> None:
    letter = Letter.objects.get()
    set_own_address(secretary.pk, "new@example.org")
    found = take_report(report(letter))
    assert (found.became, found.refusals, notices(letter)) == ("recorded", 0, {("failed", "came_back")})


def test_refusals_of_long_ago_are_forgotten(secretary: User) -> None:
    take_report(report(Letter.objects.get()))
    Letter.objects.update(returned_at=clock.now() - WITHIN - timedelta(days=1))
    assert take_report(report(another(secretary))).refusals == 1


@pytest.mark.parametrize(
    ("action", "status", "became", "counted"),
    [
        ("failed", "5.1.1", "recorded", True),
        ("failed", "5.2.1", "recorded", True),
        ("failed", "4.4.7", "recorded", True),  # given up
        ("failed", "5.7.1", "recorded", False),
        ("failed", "5.6.0", "recorded", False),
        ("failed", "5.3.4", "recorded", False),
        ("delayed", "4.4.1", "not_final", False),
        ("delivered", "2.0.0", "not_final", False),
        ("relayed", "2.0.0", "not_final", False),
    ],
)
def test_what_counts_against_an_address(secretary: User, action: str, status: str, became: str, counted: bool) -> None:
    letter = Letter.objects.get()
    found = take_report(report(letter, action=action, status=status))
    letter.refresh_from_db()
    assert (found.became, found.refusals, letter.blames_address) == (became, int(counted), counted)
    assert notices(letter) == ({("failed", "came_back")} if became == "recorded" else {("sent", "")})


@pytest.mark.parametrize(
    ("words", "blamed"),
    [
        ("550 no such user", True), ("550 5.1.1 no such user", True), ("553-5.1.3 bad", True), ("552 5.2.2 full", True),
        ("550 5.7.1 blocked, see 5.1.1", False), ("554 5.7.26 DMARC", False), ("552 5.3.4 too big", False),
        ("550 from 10.5.7.1 no such user", True),
    ],
)  # fmt: skip
def test_a_policy_against_us_is_no_fault_of_the_address(words: str, blamed: bool) -> None:
    assert blames_address(words) is blamed


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "bounce.no_report"),
        (b"Subject: hello\n\nI am on leave.", "bounce.no_report"),
        (REPORT.replace("message/delivery-status", "text/plain").encode(), "bounce.no_report"),
        (REPORT.replace("Action:", "Acted:").encode(), "bounce.no_report"),
        (REPORT.replace("Message-ID:\n {message_id}", "X-Y: z").encode(), "bounce.no_letter_named"),
        (REPORT.replace("{kind}", "text/html").encode(), "bounce.no_letter_named"),
        (bytes(range(256)) * 40, "bounce.no_report"),
        (b"x" * (LARGEST + 1), "bounce.too_large"),
    ],
)
def test_what_is_no_report_of_a_letter_is_refused(secretary: User, raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        take_report(raw)
    assert [one.code for one in refused.value.answers] == [code]
    assert Letter.objects.get().outcome == "sent"


def test_a_report_about_nobodys_letter_silences_nobody(secretary: User) -> None:
    letter = Letter.objects.get()
    with pytest.raises(Refused) as refused:
        take_report(report(letter, message_id="<made-up@localhost>"))
    assert [one.code for one in refused.value.answers] == ["bounce.unknown_letter"]
    assert (Letter.objects.get().outcome, notices(letter)) == ("sent", {("sent", "")})


@pytest.mark.parametrize("action", ["failed", "delayed"])
def test_a_letter_that_was_handed_on_and_failed_there_says_nothing_of_its_address(
    secretary: User, run: Any, action: str
) -> None:
    """A forward with one dead end: the Message-ID is ours, the Final-Recipient is not; however often, nothing is counted."""
    letter = Letter.objects.get()
    original = f"Original-Recipient: rfc822;{letter.address}"
    raw = report(letter, address="private@elsewhere.example", action=action).replace(
        b"Original-Recipient: rfc822;private@elsewhere.example", original.encode()
    )
    before = Letter.objects.values().get()
    for _ in range(MOST):
        assert run(raw) == (
            f"The report about the letter of {FIRST:%d/%m/%Y} to {secretary.username} names another address than the one it "
            "was sent to, such as one to which it was handed on; nothing was changed or counted.\n"
        )
    secretary.refresh_from_db()
    assert (Letter.objects.values().get(), secretary.address_dead_since) == (before, None)
    assert (notices(letter), Event.objects.filter(subject_kind="user").count()) == ({("sent", "")}, 0)
    assert take_report(report(letter)).refusals == 1, "its own address is heard as ever"


def test_of_several_addresses_the_letters_own_is_heard(secretary: User) -> None:
    letter = Letter.objects.get()
    other = b"Final-Recipient: rfc822; private@elsewhere.example\nAction: failed\nStatus: 5.2.2\n\nFinal-Recipient"
    found = take_report(report(letter, action="delivered", status="2.0.0").replace(b"Final-Recipient", other, 1))
    assert (found.became, notices(letter)) == ("not_final", {("sent", "")})
    found = take_report(report(letter).replace(b"Final-Recipient", other, 1))
    assert (found.became, found.said and found.said.status, found.refusals) == ("recorded", "5.1.1", 1)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Thu.Ky@Example.org", "<thu.ky@example.ORG>"),
        ("thu.ky@xã.example", "thu.ky@xn--x-yfa.example"),
    ],
)
def test_one_address_is_the_same_however_servers_write_it(ours: str, theirs: str) -> None:
    assert comparable(ours) == comparable(theirs)
    assert comparable(ours) != comparable(f"other.{ours}")


def test_a_report_inside_a_forwarded_message_is_found(secretary: User) -> None:
    letter = Letter.objects.get()
    outer = (
        b'Subject: Fwd\nMessage-ID: <fwd@x>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="O"\n\n--O\n'
    )
    raw = outer + b"Content-Type: message/rfc822\n\n" + report(letter) + b"\n--O--\n"
    assert read_report(raw).message_ids == (f"<report-{letter.pk}@mx.example.org>", letter.message_id)
    assert take_report(raw).became == "recorded"


def test_of_two_readers_the_one_who_was_reached_decides(secretary: User) -> None:
    other = person(Office.CELL_SECRETARY, secretary.assignments.get().unit)
    another(secretary)
    mine, theirs = Letter.objects.filter(user__in=[secretary, other]).order_by("-pk")[:2]
    both = set.intersection(*({one.notice_id for one in letter.enclosures.all()} for letter in (mine, theirs)))
    shared = Notice.objects.filter(id__in=both)  # who is new there is told, too, what the other was told before
    take_report(report(mine))
    assert set(shared.values_list("outcome", "reason")) == {("sent", "")}
    take_report(report(theirs))
    assert set(shared.values_list("outcome", "reason")) == {("failed", "came_back")}


def refused_by_smtp(user: User, words: str) -> Letter:
    cell = user.assignments.get().unit
    clock.move_to(CALENDAR.add_working_days(clock.today(), 1))
    deadline(cell, due=CALENDAR.add_working_days(clock.today(), 15))
    sweep()
    make_letters(force_morning=True)
    claimed = claim()
    assert claimed is not None
    assert settle(claimed, Reply("refused", words, blames_address=blames_address(words))) == "failed"
    return Letter.objects.get(pk=claimed.letter_id)


def test_a_refusal_at_once_counts_with_those_that_come_back(secretary: User) -> None:
    take_report(report(Letter.objects.get()))
    with as_role("chibo_jobs"):
        letter = refused_by_smtp(secretary, "550 5.1.1 no such user")
        assert (letter.blames_address, notices(letter)) == (True, {("failed", "not_accepted")})
        refused_by_smtp(secretary, "550 5.7.1 spam")
        secretary.refresh_from_db()
        assert secretary.address_dead_since is None
        refused_by_smtp(secretary, "551 gone")
    secretary.refresh_from_db()
    assert secretary.address_dead_since == clock.today()
    assert take_report(report(letter)).became == "known"


class Unknown(Server):
    """Knows nobody."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        return "550 5.1.1 no such user here"


def test_a_real_server_that_knows_nobody_sets_the_address_aside_after_three_mornings(settings: Any) -> None:
    cell = chain()[2]
    reader = person(Office.CELL_SECRETARY, cell)
    with listening(Unknown([]), settings):
        for place in range(MOST + 1):
            clock.move_to(CALENDAR.add_working_days(FIRST, place))
            deadline(cell, due=CALENDAR.add_working_days(DUE, place))
            sweep()
            counts = deliver()
            assert counts["failed" if place < MOST else "address_dead"] == 1
    assert Letter.objects.filter(user=reader, outcome="failed", blames_address=True).count() == MOST


@pytest.fixture
def run(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    def command(raw: bytes, *words: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        out = io.StringIO()
        with override("en"), as_role("chibo_jobs"):
            call_command("bounce", *words, stdout=out)
        return out.getvalue()

    return command


def test_the_command_reads_its_input_or_a_file_and_tells_what_it_did(secretary: User, run: Any, tmp_path: Path) -> None:
    letter = Letter.objects.get()
    day = f"{FIRST:%d/%m/%Y}"
    assert (
        run(report(letter, action="delayed"))
        == f"Nothing is settled for the letter of {day} to {secretary.username} yet: delayed.\n"
    )
    told = run(report(letter)).splitlines()
    assert told[0].startswith(f"The letter of {day} to {secretary.username} came back: 5.1.1 550 5.1.1 <")
    assert told[1:] == ["Letters that this address refused: 1 of 3."]
    file = tmp_path / "report.eml"
    file.write_bytes(report(letter))
    assert "did not arrive; nothing was changed" in run(b"", str(file))
    assert run(report(another(secretary), status="5.7.1")).splitlines()[1:] == [
        "This is not the address's fault; it is not counted."
    ]
    take_report(report(another(secretary)))
    assert run(report(another(secretary))).splitlines()[1:] == [
        "Letters that this address refused: 3 of 3.", "The address was set aside; the level above is told.",
    ]  # fmt: skip


def test_the_command_refuses_in_a_sentence(secretary: User, run: Any, tmp_path: Path) -> None:
    for raw, words, said in (
        (b"hello", (), "This is no delivery report"),
        (report(Letter.objects.get(), message_id="<x@y>"), (), "has the Message-ID <x@y>."),
        (b"", (str(tmp_path / "none.eml"),), "none.eml cannot be read."),
    ):
        with pytest.raises(CommandError) as refused:
            run(raw, *words)
        assert (refused.value.returncode, said in str(refused.value)) == (2, True)


def test_while_the_database_is_away_the_mail_server_is_asked_to_come_again(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(raw: bytes) -> Any:
        raise OperationalError

    monkeypatch.setattr(bounce, "take_report", away)
    with pytest.raises(CommandError) as refused:
        run(b"")
    assert refused.value.returncode == 75
