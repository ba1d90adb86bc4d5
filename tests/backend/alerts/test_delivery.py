"""What becomes of a letter by what the server answers; retries, leases, and never a silent double."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from backend.alerts import delivery, transport
from backend.alerts.delivery import deliver, wait
from backend.alerts.letters import make_letters
from backend.alerts.models import Attempt, Letter, Notice
from backend.alerts.sweep import sweep
from backend.alerts.transport import Postman, Reply
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.alerts.delivering import claim, send, settle
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)


class Server(BaseEmailBackend):
    """A server that answers as it is told to; the wire itself is tested in tests/faults."""

    on_open: Exception | None = None
    on_send: Exception | None = None

    def open(self) -> bool:
        if self.on_open:
            raise self.on_open
        return True

    def send_messages(self, messages: Any) -> int:
        if self.on_send:
            raise self.on_send
        return len(messages)


@pytest.fixture
def letter() -> Letter:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    make_letters()
    return Letter.objects.get()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    kind = type("Told", (Server,), {})
    monkeypatch.setattr(transport, "get_connection", kind)
    return kind


def notice() -> tuple[str, str]:
    return Notice.objects.values_list("outcome", "reason").get(channel="mail")


REFUSED = smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user")})
FULL = smtplib.SMTPRecipientsRefused({"a@example.org": (452, b"mailbox full")})


@pytest.mark.parametrize(
    ("on_open", "on_send", "outcome", "words", "accepted"),
    [
        (None, None, "sent", "accepted", True),
        (ConnectionRefusedError(), None, "held", "ConnectionRefusedError", False),
        (TimeoutError(), None, "held", "TimeoutError", False),
        (smtplib.SMTPConnectError(421, b"busy"), None, "held", "421 busy", False),
        (smtplib.SMTPAuthenticationError(535, b"no"), None, "held", "535 no", False),
        (None, FULL, "held", "452 mailbox full", False),
        (None, smtplib.SMTPDataError(451, b"later"), "held", "451 later", False),
        (None, smtplib.SMTPServerDisconnected("gone"), "held", "SMTPServerDisconnected", None),
        (None, TimeoutError(), "held", "TimeoutError", None),
        (None, REFUSED, "failed", "550 no such user", False),
        (None, smtplib.SMTPSenderRefused(553, b"not you", "a"), "failed", "553 not you", False),
        (None, smtplib.SMTPDataError(554, b"spam"), "failed", "554 spam", False),
        (None, smtplib.SMTPNotSupportedError("SMTPUTF8"), "failed", "SMTPUTF8", False),
        (None, ValueError("a bug"), "failed", "ValueError", False),
    ],
)
def test_the_servers_answer_decides(
    letter: Letter, server: type[Server], on_open: Any, on_send: Any, outcome: str, words: str, accepted: bool | None
) -> None:
    server.on_open, server.on_send = on_open, on_send
    before = clock.now()
    deliver()
    letter.refresh_from_db()
    assert (letter.outcome, letter.answer, letter.attempts) == (outcome, words, 1)
    tried = Attempt.objects.get()
    assert (tried.accepted, tried.answer, tried.ended_at is not None) == (accepted, words, True)
    assert notice() == {"sent": ("sent", ""), "held": ("held", ""), "failed": ("failed", "not_accepted")}[outcome]
    if outcome == "held":
        assert letter.next_attempt_at is not None
        assert timedelta(seconds=30) <= letter.next_attempt_at - before <= timedelta(seconds=62)
        assert deliver()["sent"] == 0  # not before its time
    else:
        assert (letter.next_attempt_at, letter.settled_at is not None) == (None, True)


def due_again() -> None:
    Letter.objects.update(next_attempt_at=clock.now())


def test_a_refused_connection_is_tried_again_and_then_simply_sent(letter: Letter, server: type[Server]) -> None:
    server.on_open = ConnectionRefusedError()
    deliver()
    server.on_open = None
    due_again()
    assert deliver()["sent"] == 1
    assert notice() == ("sent", "")


def test_after_a_lost_line_the_second_sending_is_called_possibly_twice(letter: Letter, server: type[Server]) -> None:
    server.on_send = smtplib.SMTPServerDisconnected("gone")
    deliver()
    server.on_send = None
    due_again()
    assert deliver()["possibly_twice"] == 1
    assert notice() == ("possibly_twice", "")


def test_after_a_crash_the_letter_comes_up_when_its_lease_ends(letter: Letter) -> None:
    crashed = claim()
    assert crashed is not None
    assert claim() is None  # under lease
    due_again()
    again = claim()
    assert again is not None
    assert (again.letter_id, again.number) == (letter.pk, 2)
    lost = Attempt.objects.get(number=1)
    assert (lost.accepted, lost.answer, lost.ended_at is not None) == (None, "no answer known", True)
    with Postman() as postman:
        assert send(again, postman) == "possibly_twice"
    assert mail.outbox[0].extra_headers["Message-ID"] == letter.message_id


def test_a_slow_sender_that_was_overtaken_is_not_silent_and_undoes_nothing(letter: Letter) -> None:
    slow = claim()
    due_again()
    quick = claim()
    assert slow is not None
    assert quick is not None
    assert settle(quick, Reply("accepted")) == "possibly_twice"
    assert settle(slow, Reply("again", "late")) == "overtaken"
    letter.refresh_from_db()
    assert (letter.outcome, letter.next_attempt_at) == ("possibly_twice", None)


def test_a_letter_is_given_up_after_the_last_attempt(letter: Letter, server: type[Server], settings: Any) -> None:
    settings.CHIBO_DELIVERY_ATTEMPTS = 3
    server.on_open = ConnectionRefusedError()
    outcomes = []
    for _ in range(4):
        due_again()
        deliver()
        letter.refresh_from_db()
        outcomes.append((letter.outcome, letter.attempts))
    assert outcomes == [("held", 1), ("held", 2), ("failed", 3), ("failed", 3)]
    assert notice() == ("failed", "not_accepted")


def test_one_bad_letter_does_not_stop_the_others(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    more_letters(1)
    honest = transport.compose_all

    def compose_all(keys: Any) -> Any:
        if letter.pk in keys:
            raise KeyError(letter.pk)
        return honest(keys)

    monkeypatch.setattr(transport, "compose_all", compose_all)
    counts = deliver()
    assert (counts["sent"], counts["failed"]) == (1, 1)


def closed(*places: int) -> None:
    """The nth deadlines are met meanwhile."""
    ids = list(Deadline.objects.order_by("id").values_list("id", flat=True))
    Deadline.objects.filter(pk__in=[ids[place] for place in places]).update(status="met")


def by_deadline() -> list[tuple[str, str]]:
    return list(Notice.objects.filter(channel="mail").order_by("deadline_id").values_list("outcome", "reason"))


def lines_of(message: Any) -> list[str]:
    return [line.split(" ")[1] for line in message.body.splitlines() if line.startswith("- ")]


@pytest.fixture
def two(letter: Letter) -> Letter:
    """The letter tells of two deadlines."""
    Letter.objects.all().delete()
    Deadline.objects.update(reference="CN-1")
    deadline(Unit.objects.get(level="cell"), reference="CN-2")
    sweep()
    make_letters(force_morning=True)
    return Letter.objects.get()


@pytest.mark.parametrize(
    ("first", "outcome", "reason"),
    [
        (None, "skipped", "deadline_closed"),
        (Reply("again", "421 busy"), "skipped", "deadline_closed"),
        (Reply("unknown", "gone"), "skipped", "closed_perhaps_said"),
    ],
    ids=["never tried", "not taken", "no answer known"],
)
def test_an_attempt_tells_what_stands_now(two: Letter, first: Reply | None, outcome: str, reason: str) -> None:
    if first is not None:
        tried = claim()
        assert tried is not None
        settle(tried, first)
        due_again()
    closed(0)
    again = claim()
    assert again is not None
    assert by_deadline() == [(outcome, reason), ("held", "")]
    with Postman() as postman:
        send(again, postman)
    assert [lines_of(sent) for sent in mail.outbox] == [["CN-2"]]
    twice = "possibly_twice" if first and first.verdict == "unknown" else "sent"
    assert by_deadline() == [(outcome, reason), (twice, "")]
    two.refresh_from_db()
    assert (two.outcome, two.attempts) == (twice, 1 if first is None else 2)


def test_a_letter_with_nothing_left_to_say_is_not_sent(two: Letter) -> None:
    closed(0, 1)
    assert deliver()["skipped"] == 1
    two.refresh_from_db()
    assert (mail.outbox, two.outcome, two.answer, two.next_attempt_at) == ([], "skipped", "nothing left to say", None)
    assert by_deadline() == [("skipped", "deadline_closed")] * 2
    assert Attempt.objects.values_list("accepted", "answer").get() == (False, "nothing left to say")
    assert claim() is None


def test_an_answer_that_comes_late_counts_for_what_its_attempt_carried(two: Letter) -> None:
    slow = claim()
    due_again()
    closed(0)
    quick = claim()
    assert slow is not None
    assert quick is not None
    assert by_deadline() == [("skipped", "closed_perhaps_said"), ("held", "")]
    assert settle(slow, Reply("accepted")) == "sent"
    assert by_deadline() == [("sent", ""), ("sent", "")]
    assert settle(quick, Reply("accepted")) == "possibly_twice"
    assert by_deadline() == [("sent", ""), ("possibly_twice", "")]


def test_of_two_readers_the_one_who_was_told_decides() -> None:
    cell = chain()[2]
    for _ in range(2):
        person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    make_letters()
    told = claim()
    assert told is not None
    settle(told, Reply("accepted"))
    closed(0)
    assert notice() == ("sent", ""), "said with the first that arrives"
    assert deliver()["skipped"] == 1
    assert notice() == ("sent", "")


def test_a_retry_on_a_later_day_says_what_is_late_by_then(two: Letter, settings: Any) -> None:
    tried = claim()
    assert tried is not None
    settle(tried, Reply("again", "421 busy"))
    due_again()
    clock.move_to(CALENDAR.add_working_days(DUE, 1))
    again = claim()
    assert again is not None
    with Postman() as postman:
        assert send(again, postman) == "sent"
    assert "Quá hạn (2)" in str(mail.outbox[0].body)


def test_a_letter_that_never_had_an_answer_is_not_called_refused(letter: Letter, settings: Any) -> None:
    settings.CHIBO_DELIVERY_ATTEMPTS = 1
    tried = claim()
    assert tried is not None
    assert settle(tried, Reply("unknown", "gone")) == "failed"
    assert notice() == ("failed", "never_answered")


def test_a_notice_in_two_letters_is_settled_by_the_last_of_them() -> None:
    cell = chain()[2]
    for _ in range(2):
        person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    make_letters()
    one, two = claim(), claim()
    assert one is not None
    assert two is not None
    settle(one, Reply("refused", "550"))
    assert notice() == ("held", "")
    settle(two, Reply("accepted"))
    assert notice() == ("sent", "")


@pytest.mark.parametrize(
    ("how", "tried"),
    [
        ({"on_open": ConnectionRefusedError()}, 1),
        ({"on_open": smtplib.SMTPConnectError(421, b"busy")}, 1),
        ({"on_send": smtplib.SMTPServerDisconnected("gone")}, 1),
        ({"on_send": smtplib.SMTPDataError(421, b"closing")}, 1),
        ({"on_send": FULL}, 3),
        ({"on_send": REFUSED}, 3),
    ],
)
def test_a_server_that_is_not_well_is_left_alone_until_the_next_run(
    letter: Letter, server: type[Server], how: dict[str, Exception], tried: int
) -> None:
    more_letters(2)
    for name, error in how.items():
        setattr(server, name, error)
    deliver()
    assert Attempt.objects.count() == tried
    server.on_open = server.on_send = None
    assert deliver()["sent"] == 3 - tried, "those that were not tried lose no time"


def test_a_run_ends_after_a_while(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "LONGEST_RUN", timedelta(0))
    assert deliver()["sent"] == 0
    assert Attempt.objects.count() == 0


def more_letters(count: int) -> None:
    for _ in range(count):
        cell = chain()[2]
        person(Office.CELL_SECRETARY, cell)
        deadline(cell)
    sweep()
    make_letters(force_morning=True)


def test_waits_double_up_to_an_hour(settings: Any) -> None:
    settings.CHIBO_DELIVERY_RETRY_SECONDS = 60
    for number, longest in ((1, 60), (2, 120), (5, 960), (8, 3600), (20, 3600)):
        assert timedelta(seconds=longest / 2) <= wait(number) <= timedelta(seconds=longest)
