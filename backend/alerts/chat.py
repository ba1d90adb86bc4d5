"""Letters by chat or SMS: how many deadlines there are, and where to read of them. No more leaves by foreign servers.

The last hop is apprise's. It says yes or no and writes the rest into its log, of which only the status is read here: an answer
of the service with one, or a line that broke, of which nobody can tell what arrived. None of its words is kept: they name the
person's chat, the telephone number or the host, and addresses are sealed.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog
from django.db import transaction

from backend.alerts.models import Letter
from backend.alerts.transport import NOTHING_LEFT, OneByOne, Reply
from backend.alerts.wording import list_of, subject_of
from backend.contacts.chat import chat_of, opened

WITHDRAWN = "no address any more"
REFUSED, NOT_REACHED = "chat_refused", "chat_not_reached"
"""All that is kept of what went wrong (`reasons.ANSWERS`), the first with the status."""
log = structlog.get_logger(__name__)
_STATUS = re.compile(r"error=(\d{3})")
TEMPORARY = {408, 425, 429}


class Messenger(OneByOne):
    """Each letter goes to a service of its reader's own: one that fails says nothing of the next."""

    def carry(self, letter_id: int) -> Reply:
        """Send the letter's subject and the link to the list, as things stand now."""
        subject = subject_of(letter_id)
        if subject is None:
            return Reply("needless", NOTHING_LEFT)
        with transaction.atomic():
            letter = Letter.objects.get(pk=letter_id)
            row = chat_of(letter.user_id) if letter.user_id else None
            service = opened(row) if row else None
        return said(service, subject) if service is not None else Reply("refused", WITHDRAWN)


def said(service: Any, subject: str) -> Reply:
    """Hand one message to a service of apprise. An error of its own is named by its kind alone."""
    from apprise import LogCapture  # noqa: PLC0415  (a large library: for whoever speaks by it)

    with LogCapture(level=logging.WARNING, fmt="%(message)s") as said_of_it:  # type: ignore[no-untyped-call]  # untyped library
        try:
            taken = service.notify(title=subject, body=list_of())
        except Exception as error:  # noqa: BLE001  (whatever it is, what it says may name the address)
            log.error("chat_failed", service=service.service_name, error=type(error).__name__)  # noqa: TRY400
            return Reply("unknown", NOT_REACHED)
        status = _STATUS.search(said_of_it.getvalue())
    if taken:
        return Reply("accepted", f"accepted by {service.service_name}")
    if status is None:
        return Reply("unknown", NOT_REACHED)
    code = int(status[1])
    return Reply("again" if code in TEMPORARY or code >= 500 else "refused", f"{REFUSED} {code}")
