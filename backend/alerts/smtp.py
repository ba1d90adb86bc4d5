"""Django's SMTP backend, keeping the words with which the server took a letter: the proof that it did; and how far a
letter came whose line broke.

smtplib throws the answer of a success away, and with it the queue's number, by which a postmaster finds the letter again.
"""

from __future__ import annotations

import select
import smtplib
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from backend.alerts.mime import LetterMessage, clean


class _Kept:
    """What the server answered to the data of the last letter, and whether those had left to their end.

    A server may take a letter once it has read the final dot and the end of its line (RFC 5321, 4.1.1.4), which are the last
    bytes of one `sendall`: while that has not come back without an error, they have not left, and nothing was taken.
    """

    last: tuple[int, bytes] | None = None
    has_left = False

    def mail(self, *words: Any, **options: Any) -> tuple[int, bytes]:
        self.last, self.has_left = None, False
        return super().mail(*words, **options)  # type: ignore[misc, no-any-return]  # mixed into smtplib's classes below

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        self.has_left = self.has_left or isinstance(s, bytes)  # commands are words, the data of a letter are bytes

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.last = super().data(msg)  # type: ignore[misc]
        return self.last


class _Plain(_Kept, smtplib.SMTP):
    pass


class _Secure(_Kept, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """`answered` is what the server said when it took the last letter, with the server's name; empty before."""

    def _send(self, email_message: EmailMessage) -> bool:
        """A letter is written out by itself; the rest as Django does it."""
        if not isinstance(email_message, LetterMessage) or self.connection is None:
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs know public names only
        to = [clean(one) for one in email_message.recipients()]
        self.connection.sendmail(clean(email_message.from_email), to, email_message.as_sent())
        return True

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Secure if self.use_ssl else _Plain

    @property
    def answered(self) -> str:
        last: tuple[int, bytes] | None = getattr(self.connection, "last", None)
        if last is None:
            return ""
        code, words = last
        said = " ".join(words.decode("utf-8", "replace").split())
        return f"{self.host}:{self.port}: {code} {said}"[:300]

    @property
    def has_left(self) -> bool:
        """Whether the server may have taken the last letter: its final dot was sent."""
        return bool(getattr(self.connection, "has_left", False))

    @property
    def is_quiet(self) -> bool:
        """Whether the server has said nothing since the last answer: what comes unasked is a good-bye, or the line's end."""
        wire = self.connection.sock if self.connection else None
        if wire is None:
            return False
        heard = select.poll()
        heard.register(wire, select.POLLIN)
        return not heard.poll(0)
