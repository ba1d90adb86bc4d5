"""The last hop: hand one message to the SMTP server and say what it answered, sorted into what may be tried again."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType
from typing import Literal, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from backend.alerts.refusals import blames_address
from backend.alerts.wording import compose

Verdict = Literal["accepted", "again", "unknown", "refused", "needless"]
"""accepted; again = certainly not taken, worth another try; unknown = nobody can tell; refused = final; needless = not
handed over, because there is nothing left to say."""

OK = 250
NOTHING_LEFT = "nothing left to say"
CLOSING = "421"
TEMPORARY = range(400, 500)


@dataclass(frozen=True)
class Reply:
    """What became of one attempt, with the server's own words (or the error's name where there were none).

    `blames_address`: it was refused for the address's sake, and would be again. `wait`: not before that, says the server.
    """

    verdict: Verdict
    words: str = ""
    blames_address: bool = False
    wait: timedelta = timedelta(0)


class Postman:
    """One SMTP connection for a run of letters, opened when first needed.

    Only a line that took the last letter and still answers is used again. After an error nobody can say how it
    stands (a 421 has closed it), and a letter sent into a dead line would be counted as perhaps delivered.
    `unwell` says that the server, not the last letter, was at fault: others had better wait.
    """

    def __init__(self) -> None:
        self._line: BaseEmailBackend | None = None
        self.unwell = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def carry(self, letter_id: int) -> Reply:
        """Send the letter as things stand now; nothing is sent where nothing is left to say."""
        message = compose(letter_id)
        return self.send(message) if message else Reply("needless", NOTHING_LEFT)

    def send(self, message: EmailMessage) -> Reply:
        """Send one message. Errors while connecting mean "not taken"; a line lost later means "nobody can tell"."""
        self.unwell = True
        try:
            line = self._open()
        except smtplib.SMTPResponseException as error:  # greeting, STARTTLS, sign-in: the operator mends it
            return Reply("again", _words(error.smtp_code, error.smtp_error))
        except OSError as error:  # refused, unreachable, timed out; smtplib's own errors are OSErrors as well
            return Reply("again", type(error).__name__)
        reply: Reply | None = None
        try:
            reply = self._hand_over(line, message)
        finally:
            if reply is None or reply.verdict != "accepted":
                self._hang_up()
        self.unwell = reply.verdict == "unknown" or reply.words.startswith(CLOSING)
        return reply

    def _hand_over(self, line: BaseEmailBackend, message: EmailMessage) -> Reply:
        try:
            line.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            reply = _judge(code, words)
            return replace(reply, blames_address=reply.verdict == "refused" and blames_address(reply.words))
        except smtplib.SMTPResponseException as error:  # sender or data refused
            return _judge(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return Reply("refused", str(error))
        except OSError as error:
            return Reply("unknown", type(error).__name__)
        return Reply("accepted", getattr(line, "answered", "") or "accepted")

    def _open(self) -> BaseEmailBackend:
        if self._line is not None and not _answers(self._line):
            self._hang_up()
        if self._line is None:
            line = get_connection()
            line.open()
            self._line = line
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            line, self._line = self._line, None
            with suppress(OSError):  # a good-bye that nobody hears
                line.close()


def _answers(line: BaseEmailBackend) -> bool:
    """Whether the server still holds the line; Django itself goes on with one that was dropped."""
    wire: smtplib.SMTP | None = getattr(line, "connection", None)  # no other backend than SMTP's has a line to lose
    try:
        return wire is None or wire.noop()[0] == OK
    except OSError:
        return False


def _judge(code: int, words: bytes | str) -> Reply:
    return Reply("again" if code in TEMPORARY else "refused", _words(code, words))


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"[:300]
