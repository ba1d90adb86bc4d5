"""A changed holiday moves the open deadlines it touches, due day and rungs; closed ones keep their day.

The arithmetic is done again from what the deadline itself has kept (start, amount, unit, version), so no case has to be
loaded. Days that came from a clock of its own (a month's end) do not depend on holidays; their rungs may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db import transaction

from backend.deadlines import calendar as calendars
from backend.deadlines.explaining import arithmetic
from backend.deadlines.models import Deadline
from backend.deadlines.planning import Plan, replan
from workflows.law import Firmness, by_version
from workflows.workdays import Calendar

BATCH = 1000
MOVED = ["due_on", "early_on", "alternatives", "explanation", "rung_days", "next_rung", "next_rung_on", "version"]


@dataclass(frozen=True)
class Move:
    """One deadline before and after. `deadline` carries the new values; the event about it is the caller's to write."""

    deadline: Deadline
    due_before: date
    due_after: date
    next_before: date | None
    next_after: date | None


Recorder = Callable[[Sequence[Move]], None]


def recompute(*, dry_run: bool = False, record: Recorder | None = None, calendar: Calendar | None = None) -> list[Move]:
    """Bring every open deadline in line with the calendar as it stands; gives what moved (or, dry, what would).

    Each batch is one transaction: rows locked in order of id, moved, and handed to `record`, which writes the events
    beside them. A second run finds nothing left to move.
    """
    moves: list[Move] = []
    after = 0
    while True:
        with transaction.atomic():
            days = calendar or calendars.calendar()
            batch = list(_open_after(after, lock=not dry_run))
            moved = [move for move in (_move(one, days) for one in batch) if move is not None]
            if moved and not dry_run:
                Deadline.objects.bulk_update([move.deadline for move in moved], MOVED, batch_size=BATCH)
                if record is not None:
                    record(moved)
        moves += moved
        if len(batch) < BATCH:
            return moves
        after = batch[-1].pk


def _open_after(key: int, *, lock: bool) -> Iterator[Deadline]:
    found = Deadline.objects.filter(status=Deadline.Status.OPEN, pk__gt=key).order_by("pk")
    return (found.select_for_update(no_key=True) if lock else found)[:BATCH].iterator()


def _move(deadline: Deadline, calendar: Calendar) -> Move | None:
    """The deadline with its new days, or None where nothing moves."""
    due = _due(deadline.explanation, deadline.started_on, calendar) or deadline.due_on
    others = [_other(one, calendar) for one in deadline.alternatives]
    early = min((date.fromisoformat(one["due_on"]) for one in others), default=None)
    early = (early if early is not None and early < due else None) if others else deadline.early_on
    new = replan(deadline, due, early, calendar, cast("Firmness", deadline.firmness))
    before = (deadline.due_on, deadline.early_on, deadline.rung_days)
    if (due, early, new.rung_days) == before:
        return None
    move = Move(deadline, deadline.due_on, due, deadline.next_rung_on, new.next_rung_on)
    _apply(deadline, due, early, others, new, calendar)
    return move


def _apply(
    deadline: Deadline, due: date, early: date | None, others: list[dict[str, Any]], new: Plan, calendar: Calendar
) -> None:
    deadline.due_on, deadline.early_on, deadline.alternatives = due, early, others
    deadline.rung_days, deadline.next_rung, deadline.next_rung_on = new.rung_days, new.next_rung, new.next_rung_on
    if deadline.explanation.get("code") in ("working_days", "working_days_without"):
        rule = by_version(deadline.rule_version)
        deadline.explanation = arithmetic(
            rule, deadline.started_on, due, calendar, amount=deadline.explanation["amount"]
        )
    deadline.version += 1


def _due(explanation: dict[str, Any], start: date, calendar: Calendar) -> date | None:
    """The due day of a sum in working days; None for every other kind, which no holiday moves."""
    if explanation.get("code") not in ("working_days", "working_days_without"):
        return None
    return calendar.add_working_days(start, int(explanation["amount"]))


def _other(one: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    if "amount" not in one:
        return one
    day = calendar.add_working_days(date.fromisoformat(one["started_on"]), one["amount"])
    return {**one, "due_on": day.isoformat()}
