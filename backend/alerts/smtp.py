"""Django's SMTP backend, keeping the words with which the server took a letter: the proof that it did.

smtplib throws the answer of a success away, and with it the queue's number, by which a postmaster finds the letter again.
"""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends import smtp


class _Kept:
    """What the server answered to the data of the last letter."""

    last: tuple[int, bytes] | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.last = None
        self.last = super().data(msg)  # type: ignore[misc]  # mixed into smtplib's classes below
        return self.last


class _Plain(_Kept, smtplib.SMTP):
    pass


class _Secure(_Kept, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """`answered` is what the server said when it took the last letter, with the server's name; empty before."""

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
