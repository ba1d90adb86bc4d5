"""Notices on people's devices (web push, RFC 8030): how many deadlines there are, and where to read of them.

Each device of a person has a letter of its own. What is sent says what chat says and no more; only the browser can read it.
A letter that waits at the push service is replaced by the next one (Topic), a critical one by nothing but its own repetition.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

import jwt
from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language, override

from backend.alerts.chat import WITHDRAWN
from backend.alerts.contents import contents_of
from backend.alerts.encrypting import encrypted
from backend.alerts.models import Letter
from backend.alerts.posting import Answered, posted
from backend.alerts.transport import NOTHING_LEFT, OneByOne, Reply
from backend.alerts.wording import list_of, subject
from backend.contacts.devices import Subscription, set_aside, subscription_of
from backend.core import clock, vapid

LIFE = timedelta(days=7)
"""So long a push service keeps what it cannot hand on: over a holiday, and no longer than it says something."""
GOOD_FOR = timedelta(hours=12)
"""How long the signed token holds; a day at most (RFC 8292, 2)."""
ORDINARY = "letter"
"""The topic of all ordinary letters."""
NO_KEY = "no VAPID key: nothing is sent to devices"
TOO_LARGE = "too large for the push service"
GONE, TEMPORARY = {404, 410}, {408, 425, 429}


class Pusher(OneByOne):
    """Sends to push services, of which there are few: while one does not answer, the others' letters wait for the next run."""

    def carry(self, letter_id: int) -> Reply:
        """Send the letter's count and the link to the list, as things stand now."""
        if not settings.CHIBO_VAPID_PRIVATE_KEY:
            return Reply("refused", NO_KEY)
        with transaction.atomic():
            letter = Letter.objects.select_related("user").get(pk=letter_id, endpoint=None)
            device = subscription_of(letter.device_id or 0)
            counts = contents_of([letter_id], clock.today())[letter_id].counts
        if device is None:
            return Reply("refused", WITHDRAWN)
        if not counts:
            return Reply("needless", NOTHING_LEFT)
        reply = judged(posted(device.endpoint, body(letter, counts, device), headers(letter, device.endpoint)))
        self.unwell = reply.verdict in ("again", "unknown")
        return reply


def device_gone(letter_id: int) -> None:
    """The push service no longer knows the letter's device: nothing is sent there any more. In the caller's transaction."""
    key = Letter.objects.values_list("device_id", flat=True).get(pk=letter_id)
    if key is not None:
        set_aside(key)


def body(letter: Letter, counts: dict[str, int], device: Subscription) -> bytes:
    """What the service worker shows (`web/service-worker.js`), encrypted for the device, in its person's language."""
    with override(letter.user.language if letter.user else None):
        told = {
            "id": _name(letter), "title": "Chibo", "lang": get_language(), "tag": topic(letter),
            "body": subject(counts, letter.day, urgent=is_urgent(letter)), "link": urlsplit(list_of()).path,
        }  # fmt: skip
    message = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return encrypted(message, point=vapid.decoded(device.p256dh), secret=vapid.decoded(device.auth))


def headers(letter: Letter, endpoint: str) -> dict[str, str]:
    """How it is to be kept (RFC 8030, section 5), and who sends it (RFC 8292)."""
    return {
        "Authorization": authorization(endpoint), "TTL": str(int(LIFE.total_seconds())), "Topic": topic(letter),
        "Urgency": "high" if is_urgent(letter) else "normal", "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream", "User-Agent": "Chibo",
    }  # fmt: skip


def authorization(endpoint: str) -> str:
    """The token for the push service of an address, signed with the key that its browser was given."""
    parts, private = urlsplit(endpoint), settings.CHIBO_VAPID_PRIVATE_KEY
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((clock.now() + GOOD_FOR).timestamp()),
        "sub": contact(),
    }
    token = jwt.encode(claims, vapid.private_key(private), algorithm="ES256")
    return f"vapid t={token}, k={vapid.public_of(private)}"


def contact() -> str:
    """Whom a push service writes to where something is wrong with what we send."""
    return str(settings.CHIBO_VAPID_CONTACT) or f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def judged(answer: Answered | Reply) -> Reply:
    """What an answer means: 404 and 410 the end of the device, 5xx and 429 another try, 413 and the rest no other try."""
    if isinstance(answer, Reply):
        return answer
    if answer.is_ok:
        return Reply("accepted", answer.words)
    if answer.status in GONE:
        return Reply("refused", answer.words, blames_address=True)
    if answer.status in TEMPORARY or answer.status >= 500:
        return Reply("again", answer.words, wait=answer.wait)
    return Reply("refused", f"{answer.words} ({TOO_LARGE})" if answer.status == 413 else answer.words)


def is_urgent(letter: Letter) -> bool:
    return letter.urgent_notice_id is not None


def topic(letter: Letter) -> str:
    """By what a later message replaces one that still waits, at most 32 signs of base64url (RFC 8030, 5.4)."""
    if not is_urgent(letter):
        return ORDINARY
    return vapid.encoded(hashlib.sha256(_name(letter).encode()).digest())[:32]


def _name(letter: Letter) -> str:
    """The letter's name on every way: random, and the same at every attempt."""
    return letter.message_id.strip("<>").partition("@")[0]
