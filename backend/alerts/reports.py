"""Reading delivery reports (RFC 3464): the message by which a mail server says what became of one of our letters.

Which letter it was is told by the Message-ID of the part that came back with it, which nobody knows but the servers on the
way and the reader: a report that names none, or one of nobody's, says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message

from django.utils.translation import gettext_noop

from backend.core.errors import Refused
from workflows.answers import Refusal

LARGEST = 10_000_000
"""Bytes of a report; ours are small, and so is what comes back with them."""
TOO_LARGE = Refusal("bounce.too_large", gettext_noop("This is too large for a delivery report."))
NO_REPORT = Refusal(
    "bounce.no_report",
    gettext_noop("This is no delivery report (RFC 3464): it has no part of the kind “message/delivery-status”."),
    remedy=gettext_noop("Hand over the whole message as it came, with its headers."),
)
NO_LETTER_NAMED = Refusal(
    "bounce.no_letter_named",
    gettext_noop(
        "The report does not say which letter it is about: the letter's Message-ID did not come back with it."
    ),
)
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")


@dataclass(frozen=True)
class Recipient:
    """What became of a letter on its way to an address (empty where the report names none): `action` as the server calls it,
    the status (`5.1.1`; empty where there is none), and the words of the server that refused it."""

    address: str
    action: str
    status: str
    words: str

    @property
    def is_final(self) -> bool:
        """Whether the letter will not arrive: failed for good, or given up."""
        return self.action == "failed"


@dataclass(frozen=True)
class DeliveryReport:
    """What became of the letter with one of the `message_ids` (a report may come inside another one), address by address."""

    message_ids: tuple[str, ...]
    recipients: tuple[Recipient, ...]

    def about(self, address: str) -> Recipient | None:
        """What it says of an address, a failure before the rest; None where it speaks of others only: a letter that was
        handed on may fail there, and have reached its reader."""
        mine = [one for one in self.recipients if not one.address or one.address == comparable(address)]
        return min(mine, key=lambda one: not one.is_final, default=None)


def comparable(address: str) -> str:
    """An address as two servers may write it: no brackets, small letters, the domain in ASCII."""
    local, at, domain = address.strip().strip("<>").lower().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return local + at + domain


def read_report(raw: bytes) -> DeliveryReport:
    """The report in a whole message. Raises Refused."""
    if len(raw) > LARGEST:
        raise Refused([TOO_LARGE])
    message = message_from_bytes(raw)
    blocks = list(_recipients(message))
    if not blocks:
        raise Refused([NO_REPORT])
    keys = tuple(found for part in message.walk() if (found := _message_id(part)))
    if not keys:
        raise Refused([NO_LETTER_NAMED])
    return DeliveryReport(keys, tuple(_recipient(block) for block in blocks))


def _recipient(block: Message) -> Recipient:
    status = _STATUS.search(_plain(block["Status"]))
    words = _plain(block["Diagnostic-Code"]).removeprefix("smtp;").strip()
    address = _plain(block["Final-Recipient"]).rpartition(";")[2]  # behind its type: `rfc822; somebody@example.org`
    return Recipient(comparable(address), _plain(block["Action"]).lower(), status[0] if status else "", words)


def _recipients(message: Message) -> Iterator[Message]:
    """The blocks about recipients of every delivery status in the message."""
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (one for one in blocks if isinstance(one, Message) and one["Action"])


def _message_id(part: Message) -> str:
    """The Message-ID of the letter that came back: of a whole one, or of its headers. Never the report's own."""
    if part.get_content_type() in _HEADERS:
        raw = part.get_payload(decode=True)
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
        return _plain(message_from_string(text.lstrip())["Message-ID"])
    if part.get_content_type() in {"message/rfc822", "message/global"}:
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            return _plain(inner[0]["Message-ID"])
    return ""


def _plain(value: object) -> str:
    """A header on one line, empty where there is none."""
    return " ".join(str(value or "").split())
