"""Reading delivery reports (RFC 3464): the message by which a mail server says what became of one of our letters.

Which letter it was is told by the Message-ID of the part that came back with it, which nobody knows but the servers on the
way and the reader: a report that names none, or one of nobody's, says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
class DeliveryReport:
    """What became of the letter with one of the `message_ids` (a report may come inside another message): `action` as the
    server calls it, the status (`5.1.1`; empty where there is none), and the words of the server that refused it."""

    message_ids: tuple[str, ...]
    action: str
    status: str
    words: str

    @property
    def is_final(self) -> bool:
        """Whether the letter will not arrive: failed for good, or given up."""
        return self.action == "failed"


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
    failed = [block for block in blocks if _plain(block["Action"]).lower() == "failed"]
    block = (failed or blocks)[0]
    status = _STATUS.search(_plain(block["Status"]))
    words = _plain(block["Diagnostic-Code"]).removeprefix("smtp;").strip()
    return DeliveryReport(keys, _plain(block["Action"]).lower(), status[0] if status else "", words)


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
