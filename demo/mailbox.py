"""An SMTP server on the loopback that takes every letter and keeps its Message-ID."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """How often each Message-ID was accepted, and how many letters went to which address."""

    accepted: Counter[str] = field(default_factory=Counter)
    readers: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        message = message_from_bytes(envelope.content)
        self.accepted[str(message["Message-ID"])] += 1
        self.readers.update(envelope.rcpt_tos)
        return "250 kept"


@contextmanager
def listening(mailbox: Mailbox, port: int) -> Iterator[None]:
    """The server, on 127.0.0.1 and the given port, for as long as the block lasts."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()
