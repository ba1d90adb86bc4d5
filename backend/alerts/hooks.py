"""Webhooks in the form of Standard Webhooks: signed, tried again like every letter, set aside on 410.

The body is signed with the endpoint's secrets over the message's id and the moment of the attempt; the id is the letter's and
stays the same at every attempt, so that whoever hears twice can tell. No redirect is followed, and the connection goes to the
very address that was found to be public (`contacts.targets`).
"""

from __future__ import annotations

from datetime import UTC

from django.db import transaction
from standardwebhooks import Webhook
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from backend.alerts.hook_line import line_to
from backend.alerts.hook_payload import payload
from backend.alerts.models import Letter
from backend.alerts.transport import NOTHING_LEFT, OneByOne, Reply
from backend.contacts.endpoints import gone, signing_secrets
from backend.contacts.models import Endpoint
from backend.contacts.targets import Unreachable, resolved
from backend.core import clock

GONE = 410
CLOSED = "webhook closed"
NEVER_SENT = (NewConnectionError, ConnectTimeoutError, SSLError)


class HookCarrier(OneByOne):
    """Each letter goes to an endpoint of its own: one that fails says nothing of the next."""

    def carry(self, letter_id: int) -> Reply:
        """Post the letter to its endpoint as things stand now."""
        with transaction.atomic():
            letter = Letter.objects.exclude(endpoint=None).get(pk=letter_id)
            row = Endpoint.objects.select_related("unit").get(pk=letter.endpoint_id or 0)
        if not row.is_open:
            return Reply("refused", CLOSED)
        body = payload(letter, row.unit.code, clock.today())
        if body is None:
            return Reply("needless", NOTHING_LEFT)
        return post(row.url, body.encode(), headers(row, letter.message_id, body))


def endpoint_gone(letter_id: int) -> None:
    """The letter's endpoint answered 410: nothing is sent there any more. In the caller's transaction."""
    key = Letter.objects.values_list("endpoint_id", flat=True).get(pk=letter_id)
    if key is not None:
        gone(key)


def headers(row: Endpoint, message_id: str, body: str) -> dict[str, str]:
    """What Standard Webhooks asks for; during the overlap of two secrets one signature of each."""
    now, name = clock.now().astimezone(UTC), "msg_" + message_id.strip("<>").partition("@")[0]
    signatures = [Webhook(secret).sign(name, now, body) for secret in signing_secrets(row, now)]
    return {
        "webhook-id": name, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": " ".join(signatures),
        "Content-Type": "application/json", "User-Agent": "Chibo",
    }  # fmt: skip


def post(url: str, body: bytes, fields: dict[str, str]) -> Reply:
    """One request. Whatever is no 2xx is tried again, but 410; after the body has left, silence says nothing."""
    try:
        target = resolved(url)
    except Unreachable as error:
        return Reply("refused" if error.for_good else "again", error.answer.code)
    pool = line_to(target)
    try:
        answer = pool.urlopen(
            "POST", target.place, body, {**fields, "Host": target.netloc}, retries=False, redirect=False,
            preload_content=False,
        )  # fmt: skip
    except NEVER_SENT as error:
        return Reply("again", type(error).__name__)
    except (HTTPError, OSError) as error:
        return Reply("unknown", type(error).__name__)
    finally:
        pool.close()
    status, words = answer.status, f"{target.host}: {answer.status} {answer.reason or ''}".strip()[:300]
    answer.close()
    if 200 <= status < 300:
        return Reply("accepted", words)
    return Reply("refused", words, blames_address=True) if status == GONE else Reply("again", words)
