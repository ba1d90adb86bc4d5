"""The last hop: hand one message to the SMTP server and say what it answered, sorted into what may be tried again."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType
from typing import Literal, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from backend.alerts.mime import LetterMessage
from backend.alerts.refusals import blames_address
from backend.alerts.wording import TemplateBroken, compose_all

Verdict = Literal["accepted", "again", "unknown", "refused", "needless", "broken"]
"""accepted; again = certainly not taken, worth another try; unknown = nobody can tell; refused = final; needless = not
handed over, because there is nothing left to say; broken = not handed over, because it cannot be rendered."""

NOTHING_LEFT = "nothing left to say"
CLOSING = "421"
HOPELESS = 20
"""So many letters one after the other that cannot be rendered say that none can."""
TEMPORARY, FINAL = range(400, 500), range(500, 600)


@dataclass(frozen=True)
class Reply:
    """What became of one attempt, with the server's own words (or the error's name where there were none).

    `blames_address`: it was refused for the address's sake, and would be again. `wait`: not before that, says the server.
    """

    verdict: Verdict
    words: str = ""
    blames_address: bool = False
    wait: timedelta = timedelta(0)


class OneByOne:
    """What a carrier has that looks at letters singly (`channels.Carrier`)."""

    at_once = 1
    unwell = False

    def look_at(self, letter_ids: Sequence[int]) -> None:
        """Nothing to be had from looking at them together."""


class Postman:
    """One SMTP connection for a run of letters, opened when first needed.

    Only a line that took the last letter and on which the server has said nothing since is used again: after an error
    nobody can say how it stands (a 421 has closed it), and what comes unasked is a good-bye.
    `unwell` says that the server, not the last letter, was at fault: others had better wait.
    """

    at_once = 50

    def __init__(self) -> None:
        self._line: BaseEmailBackend | None = None
        self._ready: dict[int, LetterMessage | TemplateBroken | None] = {}
        self._broken = 0
        self.unwell = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def look_at(self, letter_ids: Sequence[int]) -> None:
        """Compose letters together that are carried next: a batch costs hardly more than one of them."""
        self._ready = compose_all(letter_ids)

    def carry(self, letter_id: int) -> Reply:
        """Send the letter as things stand now; nothing is sent where nothing is left to say, or nothing can be rendered."""
        if letter_id not in self._ready:
            self.look_at([letter_id])
        message = self._ready.pop(letter_id)
        if isinstance(message, TemplateBroken):
            self._broken += 1
            self.unwell = self._broken >= HOPELESS
            return Reply("broken", str(message))
        self._broken = 0
        return self.send(message) if message else Reply("needless", NOTHING_LEFT)

    def send(self, message: EmailMessage) -> Reply:
        """Send one message. A line that was lost before the letter's final dot had left means "not taken", one lost after it
        "nobody can tell". Where an old line turns out to be lost, a new one is tried at once."""
        self.unwell, worn = True, self._line is not None
        try:
            line = self._open()
        except smtplib.SMTPResponseException as error:  # greeting, STARTTLS, sign-in: the operator mends it
            return Reply("again", _words(error.smtp_code, error.smtp_error))
        except OSError as error:  # refused, unreachable, timed out; smtplib's own errors are OSErrors as well
            return Reply("again", type(error).__name__)
        reply: Reply | None = None
        try:
            reply = self._hand_over(line, message)
            self.unwell = reply.words.startswith(CLOSING)
        except OSError as error:  # the line broke
            if getattr(line, "has_left", True):
                reply = Reply("unknown", type(error).__name__)
            elif not worn:
                reply = Reply("again", type(error).__name__)
        finally:
            if reply is None or reply.verdict != "accepted":
                self._hang_up()
        return reply or self.send(message)  # perhaps the server had only tired of an old line

    def _hand_over(self, line: BaseEmailBackend, message: EmailMessage) -> Reply:
        """Raises OSError where the server did not answer to the end, or with what is no answer."""
        try:
            line.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            reply = _judge(code, words)
            return replace(reply, blames_address=reply.verdict == "refused" and blames_address(reply.words))
        except smtplib.SMTPHeloError as error:  # no letter's fault: the operator mends it
            return Reply("again", _words(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            return _judge(error.smtp_code, error.smtp_error, has_left=getattr(line, "has_left", False))
        except smtplib.SMTPNotSupportedError as error:
            return Reply("refused", str(error))
        return Reply("accepted", getattr(line, "answered", "") or "accepted")

    def _open(self) -> BaseEmailBackend:
        if self._line is not None and not getattr(self._line, "is_quiet", True):
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


def _judge(code: int, words: bytes | str, *, has_left: bool = False) -> Reply:
    """A refusal is one for now or for good; what is no refusal and no acceptance leaves open what became of the letter."""
    if code in TEMPORARY or code in FINAL:
        return Reply("again" if code in TEMPORARY else "refused", _words(code, words))
    return Reply("unknown" if has_left else "again", _words(code, words))


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"[:300]
