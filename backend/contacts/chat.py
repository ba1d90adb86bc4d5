"""Where a person is reached by chat or SMS, in apprise's URLs (`tgram://token/chat`): set, seen and removed by the person.

Only services that the installation allows (`CHIBO_CHAT_SERVICES`) are taken: those that are delivered call fixed hosts of
their vendors. One that calls whatever host its URL names (`json`) lets people reach what only the server reaches.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.keeping import by_owner, keep, locked
from backend.audit.codes import EventCode
from backend.contacts.models import ChatAddress
from backend.core import clock
from backend.core.db import naming
from backend.core.errors import Refused
from backend.core.keyring import seal, unseal
from backend.core.nudge import nudge
from workflows.answers import Refusal

CONNECT, READ = 4.0, 10.0
"""Seconds to wait for the service."""
_SCHEME = re.compile(r"([a-z][a-z0-9]{1,19})://[\x21-\x7e]+")
NOT_ALLOWED = Refusal(
    "chat.not_allowed",
    gettext_noop("This installation sends by %(known)s only."),
    remedy=gettext_noop("Give the address of one of these, or ask the administrators for another service."),
    fact="url",
)
NOT_READ = Refusal(
    "chat.not_read",
    gettext_noop("This is no complete address of the service."),
    remedy=gettext_noop("Its form stands in the documentation of apprise; for Telegram: tgram://token/chat."),
    fact="url",
)


NAMES = {"tgram": "Telegram", "zalo": "Zalo", "twilio": "Twilio", "vonage": "Vonage"}
"""What people call the services; another one that an installation allows goes by apprise's name for it."""


def named() -> str:
    """The services of this installation, as people know them."""
    return ", ".join(known_as(one) for one in settings.CHIBO_CHAT_SERVICES)


def known_as(service: str) -> str:
    return NAMES.get(service, service)


def chat_of(user_id: int) -> ChatAddress | None:
    """The person's address, if there is one. Must run inside a transaction."""
    naming(user_id)
    return ChatAddress.objects.filter(user_id=user_id).first()


def set_chat(user_id: int, url: str) -> ChatAddress:
    """Letters go there too from now on. Raises Refused."""
    match = _SCHEME.fullmatch(url)
    service = match[1] if match else ""
    if service not in settings.CHIBO_CHAT_SERVICES:
        raise Refused([replace(NOT_ALLOWED, params={"known": ", ".join(settings.CHIBO_CHAT_SERVICES)})])
    if speaking(url) is None:
        raise Refused([NOT_READ])
    values = {"url": seal(url), "service": service, "set_at": clock.now()}
    with transaction.atomic(durable=True):
        user = locked(user_id)
        row, _ = ChatAddress.objects.update_or_create(user=user, defaults=values)
        keep(user, by_owner(user), EventCode.CHAT_SET, facts={"service": service})
    nudge("jobs.seal")
    return row


def remove_chat(user_id: int) -> None:
    """No letters go there any more; nothing changes where there was none."""
    with transaction.atomic(durable=True):
        user = locked(user_id)
        gone, _ = ChatAddress.objects.filter(user=user).delete()
        if gone:
            keep(user, by_owner(user), EventCode.CHAT_REMOVED)
    nudge("jobs.seal")


def speaking(url: str) -> Any:
    """What speaks to the service of a URL (apprise's own, untyped); None where it cannot be read.

    Whatever the URL says: certificates are checked, no redirect is followed, nothing is kept on disk, and no one is waited
    for longer than is good for the others' letters.
    """
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415  (a large library: for whoever speaks by it)

    asset = AppriseAsset(storage_mode="memory", secure_logging=True, http_redirects=False)
    found = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if found is not None:
        found.verify_certificate, found.redirects = True, False
        found.socket_connect_timeout, found.socket_read_timeout = CONNECT, READ
    return found


def opened(row: ChatAddress) -> Any:
    """What speaks to a person's address. None where the service no longer is one of this installation's."""
    return speaking(unseal(row.url)) if row.service in settings.CHIBO_CHAT_SERVICES else None
