"""A changed holiday or reminder day moves the open deadlines it touches, due day and rungs; closed ones keep theirs.

The arithmetic is done again from what the deadline itself has kept (start, amount, unit, version), so no case has to be
loaded. Days that came from a clock of its own (a month's end) do not depend on holidays; their rungs and reminder days may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models import Q

from backend.deadlines import calendar as calendars
from backend.deadlines.explaining import arithmetic, reminder_of, reminding
from backend.deadlines.models import Deadline
from backend.deadlines.planning import early_day, replan
from workflows.law import Firmness, by_version
from workflows.reminders import Reminder
from workflows.workdays import Calendar

BATCH = 1000
COUNTED = ("working_days", "working_days_without")
"""Codes of explanations whose sum a holiday changes."""
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
Reminders = Callable[[Sequence[Deadline]], Mapping[int, Reminder | None]]
"""The reminder day of each deadline of a batch, by its id."""


def recompute(
    *, dry_run: bool = False, record: Recorder | None = None, calendar: Calendar | None = None, only: Q | None = None,
    remind: Reminders | None = None,
) -> list[Move]:  # fmt: skip
    """Bring every open deadline in line with the calendar as it stands; gives what moved (or, dry, what would).

    `only` picks some of them; `remind` gives the reminder day of each deadline of a batch anew (else: the one it has).

    Each batch is one transaction: rows locked in order of id, moved, and handed to `record`, which writes the events
    beside them. A second run finds nothing left to move.
    """
    moves: list[Move] = []
    after = 0
    while True:
        with transaction.atomic():
            days = calendar or calendars.calendar()
            batch = list(_open_after(after, only, lock=not dry_run))
            wished = (remind or _kept)(batch)
            moved = [move for one in batch if (move := _move(one, days, wished[one.pk])) is not None]
            if moved and not dry_run:
                Deadline.objects.bulk_update([move.deadline for move in moved], MOVED, batch_size=BATCH)
                if record is not None:
                    record(moved)
        moves += moved
        if len(batch) < BATCH:
            return moves
        after = batch[-1].pk


def _kept(batch: Sequence[Deadline]) -> dict[int, Reminder | None]:
    return {one.pk: reminder_of(one.explanation) for one in batch}


def _open_after(key: int, only: Q | None, *, lock: bool) -> Iterator[Deadline]:
    found = Deadline.objects.filter(only or Q(), status=Deadline.Status.OPEN, pk__gt=key).order_by("pk")
    return (found.select_for_update(no_key=True) if lock else found)[:BATCH].iterator()


def _move(deadline: Deadline, calendar: Calendar, reminder: Reminder | None) -> Move | None:
    """The deadline with its new days, or None where nothing moves."""
    due = _due(deadline.explanation, deadline.started_on, calendar) or deadline.due_on
    others = [_other(one, calendar) for one in deadline.alternatives]
    early = early_day(due, others, reminder, calendar)
    new = replan(deadline, due, early, calendar, cast("Firmness", deadline.firmness))
    before = (deadline.due_on, deadline.early_on, deadline.rung_days, reminder_of(deadline.explanation))
    if (due, early, new.rung_days, reminder) == before:
        return None
    move = Move(deadline, deadline.due_on, due, deadline.next_rung_on, new.next_rung_on)
    deadline.explanation = _explanation(deadline, due, calendar) | reminding(reminder, early)
    deadline.due_on, deadline.early_on, deadline.alternatives = due, early, others
    deadline.rung_days, deadline.next_rung, deadline.next_rung_on = new.rung_days, new.next_rung, new.next_rung_on
    deadline.version += 1
    return move


def _explanation(deadline: Deadline, due: date, calendar: Calendar) -> dict[str, Any]:
    """The arithmetic on this calendar, without the reminder day."""
    kept = deadline.explanation
    if kept.get("code") not in COUNTED:
        return {name: value for name, value in kept.items() if name != "remind"}
    return arithmetic(by_version(deadline.rule_version), deadline.started_on, due, calendar, amount=kept["amount"])


def _due(explanation: dict[str, Any], start: date, calendar: Calendar) -> date | None:
    """The due day of a sum in working days; None for every other kind, which no holiday moves."""
    if explanation.get("code") not in COUNTED:
        return None
    return calendar.add_working_days(start, int(explanation["amount"]))


def _other(one: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    if "amount" not in one:
        return one
    day = calendar.add_working_days(date.fromisoformat(one["started_on"]), one["amount"])
    return {**one, "due_on": day.isoformat()}
