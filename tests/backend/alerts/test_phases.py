"""A line that breaks: before a letter's final dot has left nothing was taken, after it nobody can tell (real sockets)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage

from backend.alerts.delivery import deliver
from backend.alerts.models import Attempt, Letter
from backend.alerts.transport import Postman
from backend.core import clock
from tests.backend.alerts.cutter import BEFORE_THE_LETTER, Cutter, cutting
from tests.backend.alerts.test_delivery import due_again, letter, notice

__all__ = ["letter"]
BIG = "Nội dung.\n" * 2_000_000


@pytest.fixture
def cutter(settings: Any) -> Iterator[Cutter]:
    with cutting(Cutter()) as server:
        settings.EMAIL_BACKEND = "backend.alerts.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield server


def message(body: str = "Body") -> EmailMessage:
    return EmailMessage("Subject", body, to=["a@example.org"], headers={"Message-ID": "<one@example.org>"})


@pytest.mark.parametrize("place", BEFORE_THE_LETTER)
def test_a_line_cut_before_the_letter_left_is_not_taken(cutter: Cutter, place: str) -> None:
    cutter.cuts[place] = 1
    with Postman() as postman:
        reply = postman.send(message())
        assert (reply.verdict, postman.unwell) == ("again", True)
        assert postman.send(message()).verdict == "accepted"
    assert (cutter.lines, cutter.accepted) == (2, Counter({"<one@example.org>": 1}))


@pytest.mark.parametrize("place", ["354", "body"])
def test_a_line_cut_while_the_letter_leaves_is_not_taken(cutter: Cutter, place: str) -> None:
    cutter.cuts[place] = 1
    with Postman() as postman:
        assert postman.send(message(BIG)).verdict == "again"
    assert not cutter.accepted


def test_a_line_cut_after_the_dot_leaves_open_what_became_of_the_letter(cutter: Cutter) -> None:
    cutter.cuts["dot"] = 1
    with Postman() as postman:
        assert postman.send(message()).verdict == "unknown"
        assert postman.unwell
    assert cutter.accepted.total() == 1


def test_of_a_letter_that_left_whole_nobody_can_tell_how_much_was_read(cutter: Cutter) -> None:
    """A small one stands in the system's hands before the server has read half of it."""
    cutter.cuts["body"] = 1
    with Postman() as postman:
        assert postman.send(message("Nội dung.\n" * 200)).verdict == "unknown"
    assert not cutter.accepted


@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA"])
def test_an_old_line_that_is_lost_costs_no_attempt(cutter: Cutter, place: str) -> None:
    with Postman() as postman:
        postman.send(message())
        cutter.cuts[place] = 1
        assert postman.send(message()).verdict == "accepted"
        cutter.cuts["dot"] = 1
        assert postman.send(message()).verdict == "unknown", "after the dot nothing is sent a second time in silence"
    assert (cutter.lines, cutter.accepted.total()) == (2, 3)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [(b"what?", "unknown"), (b"250 " + b"x" * 10_000, "unknown"), (b"451 later", "again"), (b"554 spam", "refused")],
    ids=["gibberish", "endless", "for now", "for good"],
)
def test_only_a_refusal_says_that_a_letter_that_left_was_not_taken(cutter: Cutter, answer: bytes, verdict: str) -> None:
    cutter.answer = answer
    with Postman() as postman:
        assert postman.send(message()).verdict == verdict


@pytest.mark.django_db
@pytest.mark.parametrize("place", [*BEFORE_THE_LETTER, "dot"])
def test_only_a_line_lost_after_the_dot_makes_possibly_twice(cutter: Cutter, letter: Letter, place: str) -> None:
    cutter.cuts[place] = 1
    before = clock.now()
    assert deliver()["again"] == 1
    tried = Attempt.objects.get()
    assert (tried.accepted, notice()) == (None if place == "dot" else False, ("held", ""))
    letter.refresh_from_db()
    assert letter.next_attempt_at is not None
    assert letter.next_attempt_at > before
    due_again()
    outcome = "possibly_twice" if place == "dot" else "sent"
    assert deliver()[outcome] == 1
    assert (notice(), cutter.accepted) == ((outcome, ""), Counter({letter.message_id: 2 if place == "dot" else 1}))
