"""For one deadline: every rung with what became of it, to whom, when, what the server said, or why nothing was said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from backend.deadlines.models import Deadline
from workflows.ladders import Rung, ladder_for

SAID = """
SELECT n.rung, n.rung_on, n.office, n.unit_id, n.channel, n.outcome, n.reason, n.reason_params, n.created_at,
  n.settled_at, l.user_id, coalesce(CASE WHEN e.left_out_from IS NULL THEN l.answer ELSE last.answer END, ''),
  CASE WHEN e.left_out_from IS NULL THEN l.settled_at ELSE last.ended_at END, coalesce(l.message_id, '')
FROM alerts_notice n
LEFT JOIN alerts_enclosure e ON e.notice_id = n.id AND e.month = n.month
LEFT JOIN alerts_letter l ON l.id = e.letter_id
LEFT JOIN LATERAL (
  SELECT a.answer, a.ended_at FROM alerts_attempt a
  WHERE a.letter_id = e.letter_id AND a.number < e.left_out_from ORDER BY a.number DESC LIMIT 1
) last ON true
WHERE n.deadline_id = %s ORDER BY n.rung, n.office, n.unit_id, n.channel, l.user_id
"""


@dataclass(frozen=True)
class Told:
    """One notice: the office at the unit, by which channel, and what became of it.

    The answer is the server's to the last attempt that carried the notice; empty where none did.
    """

    office: str
    unit_id: int
    channel: str
    outcome: str
    reason: str
    reason_params: dict[str, Any]
    created_at: datetime
    settled_at: datetime | None
    user_id: int | None
    answer: str
    answered_at: datetime | None
    message_id: str


@dataclass(frozen=True)
class RungLine:
    """One rung. `told` is empty for a rung still to come (`state` planned) or never to be (`state` says why)."""

    rung: int
    day: date | None
    kind: str
    levels_up: int
    state: str  # done, planned, left_out (unsettled rule, or no day of its own), not_needed (closed before)
    told: tuple[Told, ...]


def explain_ledger(deadline_id: int) -> list[RungLine]:
    """The whole ladder of a deadline in order of rungs. Deadline.DoesNotExist where there is none in scope."""
    with transaction.atomic():
        deadline = Deadline.objects.get(pk=deadline_id)
        with connection.cursor() as cursor:
            cursor.execute(SAID, [deadline_id])
            rows = cursor.fetchall()
    told: dict[int, list[Told]] = defaultdict(list)
    days: dict[int, date] = {}
    for rung, day, *rest in rows:
        told[rung].append(Told(*rest))
        days[rung] = day
    ladder = ladder_for(deadline.rule_id)
    return [
        RungLine(
            place,
            days.get(place, planned),
            *_kind(ladder.rungs, place),
            _state(deadline, place, planned),
            tuple(told[place]),
        )
        for place, planned in enumerate(deadline.rung_days)
    ]


def _kind(rungs: tuple[Rung, ...], place: int) -> tuple[str, int]:
    return (rungs[place].kind, rungs[place].up) if place < len(rungs) else ("", 0)


def _state(deadline: Deadline, place: int, planned: date | None) -> str:
    if deadline.rungs_done >> place & 1:
        return "done"
    if planned is None:
        return "left_out"
    return "planned" if deadline.status == Deadline.Status.OPEN else "not_needed"
