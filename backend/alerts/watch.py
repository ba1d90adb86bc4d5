"""Somebody is told when a part is stuck, by a way that does not need that part.

The web process looks, remembers an incident in PostgreSQL and writes to the administrators over a mail connection of its
own: without worker, beat, Redis and the queue of letters. Where the mail server is what is stuck, the log says it, and so
do the status line of the API and the metrics.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext

from backend.accounts.models import Assignment
from backend.alerts.health import Health, Part, look
from backend.alerts.pulse import BEAT
from backend.core import clock
from backend.core.db import WHOLE, execute, scoped
from workflows.offices import Office

log = structlog.get_logger(__name__)
_ONE_AT_A_TIME = 4_120_028
"""The advisory lock of whoever looks: two web processes tell of an incident once."""
_OPEN = "INSERT INTO alerts_incident (part, seen_at) SELECT unnest(%s::text[]), %s ON CONFLICT DO NOTHING"
_END = "UPDATE alerts_incident SET ended_at = %s WHERE ended_at IS NULL AND part <> ALL (%s::text[])"
_TELL = """
UPDATE alerts_incident SET told_at = %s
WHERE ended_at IS NULL AND told_at IS NULL AND (seen_at <= %s OR part = ANY (%s::text[])) RETURNING part
"""
_BEAT_TOLD = (
    "SELECT 1 FROM alerts_incident WHERE part = %s AND ended_at IS NULL AND (told_at IS NOT NULL OR seen_at <= %s)"
)
_NEARLY = 0.9
"""Of a watch interval: how far apart two looks are that confirm each other. Several web processes look at other moments."""


def watch() -> list[str]:
    """Look once; gives the parts of which the administrators were told now.

    A part is told of when it was found stuck a look before as well, nearly CHIBO_WATCH_SECONDS ago: a start-up, or a
    moment's silence, is no incident. What stands still because of beat is told of with beat, in the same letter.
    """
    health = look()
    before = health.at - timedelta(seconds=_NEARLY * settings.CHIBO_WATCH_SECONDS)
    with transaction.atomic():
        if not execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])[0][0]:
            return []
        keys = [part.key for part in health.stuck]
        execute(_END, [health.at, keys])
        execute(_OPEN, [keys, health.at])
        following = [part.key for part in health.stuck if part.with_beat]
        with_beat = following if execute(_BEAT_TOLD, [BEAT, before]) else []
        told = [part for (part,) in execute(_TELL, [health.at, before, with_beat])]
    news = set(told) - set(following)
    if not news:
        return []
    log.critical("stuck", parts=told, line=health.line())
    _write_to(administrators(), health)
    return told


def administrators() -> list[tuple[str, str]]:
    """(address, language) of everybody who administers the whole installation today and can be written to."""
    today = clock.today()
    with scoped(WHOLE):
        found = Assignment.objects.filter(
            office=Office.ADMINISTRATOR, from_date__lte=today, user__is_active=True
        ).exclude(to_date__lt=today)
        return sorted(set(found.exclude(user__email="").values_list("user__email", "user__language")))


def _write_to(people: Sequence[tuple[str, str]], health: Health) -> None:
    try:
        with get_connection() as line:
            line.send_messages([_message(address, language, health) for address, language in people])
    except OSError as error:
        log.critical("administrators_not_told", error=type(error).__name__, line=health.line())


def _message(address: str, language: str, health: Health) -> EmailMessage:
    with translation.override(language):
        parts = "\n".join(_line(part) for part in health.stuck if not part.with_beat)
        body = f"{health.line()}\n\n{parts}\n\n" + gettext("Look with: manage.py status. Address: %(url)s") % {
            "url": settings.CHIBO_PUBLIC_URL
        }
        return EmailMessage(gettext("[Chibo] Something is stuck"), body, to=[address])


def _line(part: Part) -> str:
    return f"- {part.name}" + f": {part.waiting}" * (part.waiting > 0)


class Watchman(threading.Thread):
    """Looks every CHIBO_WATCH_SECONDS for as long as its process lives; what goes wrong is logged, and it goes on."""

    def __init__(self) -> None:
        super().__init__(name="watchman", daemon=True)
        self.stopped = threading.Event()

    def run(self) -> None:
        """Wait first: a start-up is no incident."""
        while not self.stopped.wait(settings.CHIBO_WATCH_SECONDS):
            try:
                watch()
            except Exception:
                log.exception("watch_failed")
            finally:
                connection.close()
