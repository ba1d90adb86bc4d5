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
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from traceback import format_tb
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from backend.alerts import heartbeat
from backend.alerts.channels import BLAMED, CARRIERS, Carrier, routes
from backend.alerts.letters import make_letters
from backend.alerts.quiet import may_disturb
from backend.alerts.settling import (
    BROKEN,
    CLAIM,
    LAY_ASIDE,
    POSTPONE,
    RELEASE,
    SETTLE,
    UNHURRIED,
    WAITING,
    settle_notices,
)
from backend.alerts.transport import Reply
from backend.core import clock
from backend.core.db import execute

log = structlog.get_logger(__name__)
JOB = "deliver"
COUNTED_AS = {"possibly_twice": "sent", "again": "held"}
"""Columns of the heartbeat, where they are not called like what became of a letter."""
LONGEST_WAIT = timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)
"""How long a server may ask to be left alone (Retry-After)."""
LONGEST_RUN = timedelta(minutes=1)
CROWD = 100
"""Of so many letters that wait, one more is taken in hand at a time."""
MENDING = 4
"""A letter that cannot be rendered is looked at again after as long as after so many attempts."""


@dataclass(frozen=True)
class Claimed:
    """A letter under lease, with the number of the attempt that was committed for it, and the channel it leaves by."""

    letter_id: int
    number: int
    channel: str = "mail"


def deliver(business_day: date | None = None, limit: int | None = None) -> Counter[str]:
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
        postpone(day)
        carriers = {name: ways.enter_context(opened()) for name, opened in CARRIERS.items()}
        at_once = {name: _at_once(name, carrier) for name, carrier in carriers.items()}
        left = limit
        while carriers and clock.now() < ends and left != 0:
            for name, carrier in list(carriers.items()):
                most = at_once[name] if left is None else min(at_once[name], left)
                batch = claim(most, loud=loud, channels=[name])
                for became in hand_over(batch, carrier, ends):
                    counts[became] += 1
                    beat.update(["claimed", COUNTED_AS.get(became, became)])
                left = left if left is None else left - len(batch)
                if not batch or carrier.unwell:
                    del carriers[name]
    return counts


def _at_once(channel: str, carrier: Carrier) -> int:
    """How many letters to take in hand together: one while few wait, since all that a run has in hand when it dies is tried
    again as perhaps said."""
    if carrier.at_once == 1:
        return 1
    with transaction.atomic():
        ((waiting,),) = execute(WAITING, [channel, clock.now(), CROWD * carrier.at_once])
    return min(carrier.at_once, 1 + int(waiting) // CROWD)


def postpone(day: date) -> None:
    """Let the ordinary letters of whoever has quiet hours now wait for their end (a moved business date has no hours), and
    give up those of earlier days whose reader's address is still set aside."""
    now = clock.now()
    values: dict[str, Any] = {
        "now": now, "zone": settings.TIME_ZONE, "hour": timezone.localtime(now).hour,
        "day_from": settings.CHIBO_QUIET_UNTIL, "day_until": settings.CHIBO_QUIET_FROM, "day": day,
    }  # fmt: skip
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if not settings.CHIBO_MOVABLE_DATE:
            cursor.execute(POSTPONE, values)
        cursor.execute(LAY_ASIDE.format(routes=routes()), values)
        if given_up := [key for (key,) in cursor.fetchall()]:
            settle_notices(cursor, {"letters": given_up, "now": now})


def claim(most: int = 1, *, loud: bool = True, channels: Collection[str] = tuple(CARRIERS)) -> list[Claimed]:
    """Take the next due letters of some channels, `most` of them, under lease and commit an attempt for each.

    `loud=False` (quiet hours) leaves all but urgent letters alone.
    """
    now = clock.now()
    values: dict[str, Any] = {
        "now": now, "lease": now + _lease(), "loud": loud, "channels": list(channels), "most": most,
    }  # fmt: skip
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(CLAIM.format(routes=routes()), values)
        rows = cursor.fetchall()
        if shorter := [letter for letter, *_, left_out in rows if left_out]:
            settle_notices(cursor, {"letters": shorter, "now": now})
    return [Claimed(letter, number, channel) for letter, number, channel, _ in rows]


def hand_over(batch: Sequence[Claimed], carrier: Carrier, ends: datetime) -> list[str]:
    """Send claimed letters one after the other and settle them; gives sent, possibly_twice, again, failed or skipped of each.

    The rest is given back where the way turns out not to be well, the run has come to its end, or the lease might.
    """
    if len(batch) > 1:
        _look_at(batch, carrier)
    ends = min(ends, clock.now() + _lease() / 4)  # the last letter may take as long as a letter can
    done: list[tuple[Claimed, Reply]] = []
    for one in batch:
        if done and (carrier.unwell or clock.now() >= ends):
            break
        done.append((one, send(one, carrier)))
    return settle(done, batch[len(done) :])


def _look_at(batch: Sequence[Claimed], carrier: Carrier) -> None:
    try:
        carrier.look_at([one.letter_id for one in batch])
    except Exception:  # one by one it is seen whose fault it was
        log.exception("letters_not_read", first=batch[0].letter_id)


def send(claimed: Claimed, carrier: Carrier) -> Reply:
    """Send one claimed letter."""
    try:
        return carrier.carry(claimed.letter_id)
    except Exception as error:  # noqa: BLE001  (without a name here it is final, and must not stop the other letters)
        where = "".join(format_tb(error.__traceback__))  # its words may name the address, which is sealed
        log.error("letter_failed", letter=claimed.letter_id, error=type(error).__name__, where=where)  # noqa: TRY400
        return Reply("refused", type(error).__name__)


def settle(done: Iterable[tuple[Claimed, Reply]], untried: Iterable[Claimed] = ()) -> list[str]:
    """Write what became of attempts to them, their letters and, once final, the notices in those; `untried` ones, and those
    of letters that could not be rendered, are undone."""
    answered = {one: reply for one, reply in done if reply.verdict != "broken"}
    broken = [one for one, reply in done if reply.verdict == "broken"]
    now = clock.now()
    back = [_undone(one, now) for one in untried] + [_undone(one, now + wait(MENDING), BROKEN) for one in broken]
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if not any(reply.blames_address for reply in answered.values()):
            cursor.execute(UNHURRIED)
        if back:
            execute(RELEASE, {"given": Jsonb(back)})
        if not answered:
            return ["again"] * len(broken)
        became = dict(execute(SETTLE, {"given": Jsonb([_given(*pair) for pair in answered.items()]), "now": now}))
        if final := [key for key, outcome in became.items() if outcome != "held"]:
            settle_notices(cursor, {"letters": final, "now": now})
        for one, reply in answered.items():
            if reply.blames_address and became.get(one.letter_id) == "failed":
                BLAMED[one.channel](one.letter_id)
    outcomes = [became.get(one.letter_id, "overtaken") for one in answered]
    return ["again" if outcome == "held" else outcome for outcome in outcomes] + ["again"] * len(broken)


def _given(one: Claimed, reply: Reply) -> dict[str, Any]:
    """A row of `settling.GIVEN` for an attempt that was answered, or not."""
    again = reply.verdict in ("again", "unknown") and one.number < settings.CHIBO_DELIVERY_ATTEMPTS
    return {
        "letter": one.letter_id, "number": one.number, "words": reply.words,
        "accepted": {"accepted": True, "unknown": None}.get(reply.verdict, False),
        "next": (clock.now() + max(wait(one.number), min(reply.wait, LONGEST_ASKED))).isoformat() if again else None,
        "final": "skipped" if reply.verdict == "needless" else "failed",
    }  # fmt: skip


def _undone(one: Claimed, due: datetime, hindered: str = "") -> dict[str, Any]:
    """A row of `settling.GIVEN` for an attempt that came to nothing before anything was sent."""
    return {"letter": one.letter_id, "number": one.number, "next": due.isoformat(), "hindered": hindered}


def _lease() -> timedelta:
    return timedelta(seconds=settings.CHIBO_DELIVERY_LEASE_SECONDS)


def wait(number: int) -> timedelta:
    """How long to wait after the nth attempt: doubling, at most an hour, by a random half (a crowd spreads out)."""
    longest = min(timedelta(seconds=settings.CHIBO_DELIVERY_RETRY_SECONDS) * 2 ** (number - 1), LONGEST_WAIT)
    return timedelta(seconds=longest.total_seconds() * random.uniform(0.5, 1))  # noqa: S311  (no secret)
