"""Hands letters over: the attempt is committed first, the letter sent outside any transaction, then settled.

A process that dies in between leaves an attempt without an answer. Whoever claims the letter after the lease tries
again under the same Message-ID, and the outcome then says "possibly twice": nothing is lost,
nothing doubled in silence.

Each attempt says what stands when it is claimed: what was closed since the letter was made is left out of it from there
on. Such a notice ends as not said, or, where an earlier attempt without an answer still carried it, as perhaps said.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from backend.alerts import heartbeat
from backend.alerts.channels import BLAMED, CARRIERS, Carrier
from backend.alerts.letters import make_letters
from backend.alerts.quiet import may_disturb
from backend.alerts.settling import (
    CLAIM,
    POSTPONE,
    SETTLE_ACCEPTED,
    SETTLE_ATTEMPT,
    SETTLE_UNSENT,
    settle_notices,
)
from backend.alerts.transport import Reply
from backend.core import clock

log = structlog.get_logger(__name__)
JOB = "deliver"
COUNTED_AS = {"possibly_twice": "sent", "again": "held"}
"""Columns of the heartbeat, where they are not called like what became of a letter."""
LONGEST_WAIT = timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)
"""How long a server may ask to be left alone (Retry-After)."""
LONGEST_RUN = timedelta(minutes=1)


@dataclass(frozen=True)
class Claimed:
    """A letter under lease, with the number of the attempt that was committed for it, and the channel it leaves by."""

    letter_id: int
    number: int
    channel: str = "mail"


def deliver(business_day: date | None = None, limit: int = 1000) -> Counter[str]:
    """Make the letters that are due and hand over up to `limit`; gives the number of letters by what became of them.

    Two runs at once share the letters between them. Ordinary letters wait out nights, days off, and the quiet hours of
    their reader. A run leaves a channel that is not well (its server is at fault) to the next one, and ends after
    `LONGEST_RUN`: the sweep and the seal need the worker too.
    """
    day = business_day or clock.today()
    ends = clock.now() + LONGEST_RUN
    with heartbeat.run(JOB, day) as beat, ExitStack() as ways:
        counts = make_letters(day)
        loud = may_disturb(day)
        postpone()
        carriers = {name: ways.enter_context(opened()) for name, opened in CARRIERS.items()}
        for _ in range(limit):
            well = [name for name, carrier in carriers.items() if not carrier.unwell]
            claimed = claim(loud=loud, channels=well) if well and clock.now() < ends else None
            if claimed is None:
                break
            became = send(claimed, carriers[claimed.channel])
            counts[became] += 1
            beat.update(["claimed", COUNTED_AS.get(became, became)])
    return counts


def postpone() -> None:
    """Let the ordinary letters of whoever has quiet hours now wait for their end. A moved business date has no hours."""
    if settings.CHIBO_MOVABLE_DATE:
        return
    values: dict[str, Any] = {
        "now": clock.now(), "zone": settings.TIME_ZONE, "hour": timezone.localtime(clock.now()).hour,
        "day_from": settings.CHIBO_QUIET_UNTIL, "day_until": settings.CHIBO_QUIET_FROM,
    }  # fmt: skip
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(POSTPONE, values)


def claim(*, loud: bool = True, channels: Collection[str] = tuple(CARRIERS)) -> Claimed | None:
    """Take the next due letter of some channels under lease and commit an attempt for it; None when nothing is due.

    `loud=False` (quiet hours) leaves all but urgent letters alone.
    """
    now = clock.now()
    lease = now + timedelta(seconds=settings.CHIBO_DELIVERY_LEASE_SECONDS)
    values: dict[str, Any] = {"now": now, "lease": lease, "loud": loud, "channels": list(channels)}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        row = cursor.fetchone()
        if row is None:
            return None
        letter, number, left_out, channel = row
        if left_out:
            settle_notices(cursor, {"letter": letter, "now": now})
    return Claimed(letter, number, channel)


def send(claimed: Claimed, carrier: Carrier) -> str:
    """Send one claimed letter and settle it; gives sent, possibly_twice, again, failed or skipped."""
    try:
        reply = carrier.carry(claimed.letter_id)
    except Exception as error:  # an error without a name here is final, and must not stop the other letters
        log.exception("letter_failed", letter=claimed.letter_id)
        reply = Reply("refused", type(error).__name__)
    return settle(claimed, reply)


def settle(claimed: Claimed, reply: Reply) -> str:
    """Write what became of the attempt to the attempt, its letter and, once final, the notices in it."""
    again = reply.verdict in ("again", "unknown") and claimed.number < settings.CHIBO_DELIVERY_ATTEMPTS
    values: dict[str, Any] = {
        "letter": claimed.letter_id, "number": claimed.number, "now": clock.now(), "words": reply.words,
        "accepted": {"accepted": True, "unknown": None}.get(reply.verdict, False),
        "next": clock.now() + max(wait(claimed.number), min(reply.wait, LONGEST_ASKED)) if again else None,
        "final": "skipped" if reply.verdict == "needless" else "failed",
    }  # fmt: skip
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SETTLE_ATTEMPT, values)
        cursor.execute(SETTLE_ACCEPTED if reply.verdict == "accepted" else SETTLE_UNSENT, values)
        row = cursor.fetchone()
        outcome = str(row[0]) if row else "overtaken"
        if outcome not in ("held", "overtaken"):
            settle_notices(cursor, values)
        if outcome == "failed" and reply.blames_address:
            BLAMED[claimed.channel](claimed.letter_id)
    return "again" if outcome == "held" else outcome


def wait(number: int) -> timedelta:
    """How long to wait after the nth attempt: doubling, at most an hour, by a random half (a crowd spreads out)."""
    longest = min(timedelta(seconds=settings.CHIBO_DELIVERY_RETRY_SECONDS) * 2 ** (number - 1), LONGEST_WAIT)
    return timedelta(seconds=longest.total_seconds() * random.uniform(0.5, 1))  # noqa: S311  (no secret)
