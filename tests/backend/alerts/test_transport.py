"""The line to a real SMTP server: used again while it holds, never after it broke."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage

from backend.alerts.transport import Postman, Reply
from tests.faults.machines import free_port


@dataclass
class Server:
    """Answers the data of each letter as it is told to (then with 250); counts lines and letters it kept."""

    answers: list[str]
    drop_after: int | None = None  # letters after which the server closes the line without a word
    callers: set[Any] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return len(self.callers)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.callers.add(session.peer)
        answer = self.answers.pop(0) if self.answers else "250 kept"
        if answer.startswith("250"):
            self.kept.append(envelope.rcpt_tos[0])
        if len(self.kept) == self.drop_after:
            self.drop_after = None
            asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return answer


@contextmanager
def listening(server: Server, settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = "backend.alerts.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    controller = Controller(server, hostname=settings.EMAIL_HOST, port=settings.EMAIL_PORT)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def test_the_words_of_acceptance_are_kept_with_the_servers_name(settings: Any) -> None:
    with (
        listening(Server(["250 2.0.0 Ok: queued as 4Zx", "250 2.0.0 Ok: queued as 5Ay"]), settings),
        Postman() as postman,
    ):
        words = [postman.send(letter(to)).words for to in "ab"]
        place = f"127.0.0.1:{settings.EMAIL_PORT}"
    assert words == [f"{place}: 250 2.0.0 Ok: queued as 4Zx", f"{place}: 250 2.0.0 Ok: queued as 5Ay"]


def letter(to: str) -> EmailMessage:
    return EmailMessage("Subject", "Body", to=[f"{to}@example.org"])


def test_one_line_serves_a_run_of_letters(settings: Any) -> None:
    server = Server([])
    with listening(server, settings), Postman() as postman:
        assert [postman.send(letter(to)).verdict for to in "abc"] == ["accepted"] * 3
    assert (server.lines, len(server.kept)) == (1, 3)


@pytest.mark.parametrize(
    ("answer", "verdict"), [("421 closing", "again"), ("451 later", "again"), ("554 spam", "refused")]
)
def test_after_an_error_the_next_letter_goes_over_a_new_line(settings: Any, answer: str, verdict: str) -> None:
    server = Server(["250 kept", answer])
    with listening(server, settings), Postman() as postman:
        replies = [postman.send(letter(to)) for to in "abc"]
    kept = Reply("accepted", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}: 250 kept")
    assert replies == [kept, Reply(verdict, answer), kept]  # type: ignore[arg-type]
    assert (server.lines, server.kept) == (2, ["a@example.org", "c@example.org"])


def test_a_line_the_server_dropped_in_between_costs_no_letter_its_certainty(settings: Any) -> None:
    server = Server([], drop_after=1)
    with listening(server, settings), Postman() as postman:
        first = postman.send(letter("a"))
        wire = postman._line.connection  # type: ignore[union-attr]
        while _holds(wire):
            pass
        assert (first.verdict, postman.send(letter("b")).verdict) == ("accepted", "accepted")
    assert (server.lines, server.kept) == (2, ["a@example.org", "b@example.org"])


def test_a_fault_of_our_own_leaves_no_half_spoken_line_behind(settings: Any) -> None:
    server = Server([])
    broken = EmailMessage("Subject\nInjected: yes", "Body", to=["a@example.org"])
    with listening(server, settings), Postman() as postman:
        postman.send(letter("a"))
        with pytest.raises(ValueError, match="newlines"):
            postman.send(broken)
        assert postman.send(letter("b")).verdict == "accepted"
    assert server.lines == 2


def _holds(wire: smtplib.SMTP) -> bool:
    """The server's good-bye has not arrived yet (looked at without taking it from the line)."""
    assert wire.sock is not None
    wire.sock.setblocking(False)
    try:
        return bool(wire.sock.recv(1, 2))  # MSG_PEEK: nothing at the end of the line
    except BlockingIOError:
        return True
    finally:
        wire.sock.settimeout(20)
