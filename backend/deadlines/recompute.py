"""A changed holiday, parameter or reminder day moves the open deadlines it touches, due day and rungs; closed ones stay.

The arithmetic is done again from what the deadline itself has kept (start, the day that picks the version), so no case
has to be loaded. Days that came from a clock of its own (a month's end) do not depend on holidays; their rungs and reminder
days may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q

from backend.deadlines import calendar as calendars
from backend.deadlines.counting import count_again
from backend.deadlines.explaining import reminder_of, reminding
from backend.deadlines.models import Deadline
from backend.deadlines.planning import early_day, replan
from workflows.reminders import Reminder
from workflows.workdays import Calendar

BATCH = 1000
MOVED = [
    "rule_version", "firmness", "due_on", "early_on", "alternatives", "explanation", "rung_days", "next_rung",
    "next_rung_on", "version",
]  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One deadline before and after. `deadline` carries the new values; the event about it is the caller's to write."""

    deadline: Deadline
    due_before: date
    due_after: date
    early_before: date | None
    next_after: date | None
    version_before: str
    why: Why

    @property
    def moves_the_day(self) -> bool:
        """Whether the legal day is another; if not, only reminders are."""
        return self.due_before != self.due_after


Why = Literal["law", "calendar", "reminder_day"]
"""What moved it: another version or figure of the rule, the calendar, or the unit's reminder day alone."""
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
    counted = count_again(deadline, calendar)
    rule, due, others = counted.rule, counted.due, counted.others
    early = early_day(due, others, reminder, calendar)
    new = replan(deadline, due, early, calendar, rule.firmness)
    before = (deadline.due_on, deadline.early_on, deadline.rung_days, reminder_of(deadline.explanation))
    kept = _sum(deadline.rule_version, deadline.explanation, deadline.alternatives)
    by_law = kept != _sum(rule.version, counted.explanation, others)
    if not by_law and (due, early, new.rung_days, reminder) == before:
        return None
    why: Why = "law" if by_law else "reminder_day" if reminder != before[3] and due == before[0] else "calendar"
    move = Move(deadline, deadline.due_on, due, deadline.early_on, new.next_rung_on, deadline.rule_version, why)
    deadline.rule_version, deadline.firmness = rule.version, rule.firmness
    deadline.explanation = counted.explanation | reminding(reminder, early)
    deadline.due_on, deadline.early_on, deadline.alternatives = due, early, others
    deadline.rung_days, deadline.next_rung, deadline.next_rung_on = new.rung_days, new.next_rung, new.next_rung_on
    deadline.version += 1
    return move


def _sum(version: str, explanation: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """What only the law can change: the version, the amount, what is counted, and which other readings there are."""
    readings = [(one["version"], one["started_on"], one.get("amount")) for one in others]
    return version, explanation.get("amount"), explanation["code"].removesuffix("_without"), readings
