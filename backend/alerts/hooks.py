"""Webhooks in the form of Standard Webhooks: signed, tried again like every letter, set aside on 410.

The body is signed with the endpoint's secrets over the message's id and the moment of the attempt; the id is the letter's and
stays the same at every attempt, so that whoever hears twice can tell.
"""

from __future__ import annotations

from datetime import UTC

from django.db import transaction
from standardwebhooks import Webhook

from backend.alerts.hook_payload import payload
from backend.alerts.models import Letter
from backend.alerts.posting import posted
from backend.alerts.transport import NOTHING_LEFT, OneByOne, Reply
from backend.contacts.endpoints import gone, signing_secrets
from backend.contacts.models import Endpoint
from backend.core import clock

GONE = 410
CLOSED = "webhook closed"


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
    """One request. Whatever is no 2xx is tried again, but 410."""
    answer = posted(url, body, fields)
    if isinstance(answer, Reply):
        return answer
    if answer.is_ok:
        return Reply("accepted", answer.words)
    if answer.status == GONE:
        return Reply("refused", answer.words, blames_address=True)
    return Reply("again", answer.words, wait=answer.wait)
