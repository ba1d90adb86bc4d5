"""A changed holiday, parameter or reminder day moves the open deadlines it touches, due day and rungs; closed ones stay.

Most sums are done again from what the deadline itself has kept (start, the day that picks the version); where the start or
the day is a matter of the case, from what its case was told when it was opened (`counting.count_again`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from backend.core.db import scope
from backend.deadlines import calendar as calendars
from backend.deadlines.counting import WORKING_DAYS, Counted, count_again
from backend.deadlines.explaining import reminder_of, reminding
from backend.deadlines.models import Deadline
from backend.deadlines.planning import early_day, replan
from backend.organizations.laddering import chosen_ladders, ladder_called, rules_of_packs
from backend.organizations.models import Unit
from backend.organizations.settings import packs_on
from workflows.ladders import Ladder
from workflows.ladders.choosing import chosen_ladder
from workflows.reminders import Reminder
from workflows.workdays import Calendar

BATCH = 1000
MOVED = [
    "rule_version", "firmness", "started_on", "due_on", "early_on", "alternatives", "explanation", "ladder",
    "ladder_from", "levels_told", "rung_days", "next_rung", "next_rung_on", "version",
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
    ladder_before: str = ""
    next_before: date | None = None

    @property
    def moves_the_day(self) -> bool:
        """Whether the legal day is another; if not, only reminders are."""
        return self.due_before != self.due_after


Why = Literal["law", "calendar", "pack", "reminder_day", "ladder", "record"]
"""What moved it: another version, figure or firmness of the rule, the calendar, the provincial packs that are on, or the
unit's reminder day or ladder alone."""
Recorder = Callable[[Sequence[Move]], None]
Reminders = Callable[[Sequence[Deadline]], Mapping[int, Reminder | None]]
"""The reminder day of each deadline of a batch, by its id."""


def recompute(
    *, dry_run: bool = False, record: Recorder | None = None, calendar: Calendar | None = None, only: Q | None = None,
    remind: Reminders | None = None, path: str = "", why: Why | None = None,
) -> list[Move]:  # fmt: skip
    """Bring every open deadline in line with the law and the calendar as they stand; gives what moved (dry: what would).

    `only` picks some of them; `remind` gives the reminder day of each deadline of a batch anew (else: the one it has);
    `path` is the scope to work in (else: that of the caller's transaction); `why` is known where a record was corrected.

    Each batch is one transaction: rows locked in order of id, moved, and handed to `record`, which writes the events
    beside them. A second run finds nothing left to move.
    """
    moves: list[Move] = []
    after = 0
    while True:
        with transaction.atomic():
            if path:
                scope(path)
            days = calendar or calendars.calendar()
            batch = list(_open_after(after, only, lock=not dry_run))
            wished, counted = (remind or _kept)(batch), count_again(batch, days)
            ladders = ladders_now(batch, counted)
            found = [_move(one, counted[one.pk], days, wished[one.pk], ladders[one.pk]) for one in batch]
            moved = [replace(move, why=why or move.why) for move in found if move is not None]
            prefetch_related_objects([move.deadline for move in moved], "unit")  # numbers repeat from cell to cell
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


def ladders_now(batch: Sequence[Deadline], counted: Mapping[int, Counted]) -> dict[int, Ladder]:
    """The ladder that holds for each deadline now, by id: what its units settled, its packs', or as delivered."""
    chosen = chosen_ladders(Unit.objects.filter(pk__in={one.unit_id for one in batch}))
    asked = {one.pk: (one.unit_id, counted[one.pk].start) for one in batch}
    of_packs = rules_of_packs()
    packs = packs_on(asked[key] for key, found in counted.items() if found.rule.id in of_packs)

    def ladder(one: Deadline, found: Counted) -> Ladder:
        settled = chosen.get(one.unit_id, ())
        return chosen_ladder(found.rule.id, found.due, settled, ladder_called, lambda: packs[asked[one.pk]])

    return {one.pk: ladder(one, counted[one.pk]) for one in batch}


def _open_after(key: int, only: Q | None, *, lock: bool) -> Iterator[Deadline]:
    found = Deadline.objects.filter(only or Q(), status=Deadline.Status.OPEN, pk__gt=key).order_by("pk")
    return (found.select_for_update(no_key=True) if lock else found)[:BATCH].iterator()


def _move(
    deadline: Deadline, counted: Counted, calendar: Calendar, reminder: Reminder | None, ladder: Ladder
) -> Move | None:
    """The deadline with its new days, or None where nothing moves."""
    rule, due, others = counted.rule, counted.due, counted.others
    early = early_day(due, others, reminder, calendar)
    new = replan(deadline, ladder, due, early, calendar, rule.firmness)
    reminded = reminder_of(deadline.explanation)
    was = deadline
    before = (was.started_on, was.due_on, was.early_on, was.alternatives, was.rung_days, reminded, was.ladder)
    by_law = _by_law(deadline, counted)
    if not by_law and (counted.start, due, early, others, new.rung_days, reminder, new.ladder) == before:
        return None
    why: Why = "law" if by_law else "calendar"
    if not by_law and due == was.due_on:
        why = _by_settings(reminded, reminder, other_ladder=new.ladder != was.ladder)
    move = Move(
        deadline, deadline.due_on, due, deadline.early_on, new.next_rung_on, deadline.rule_version, why, deadline.ladder,
        deadline.next_rung_on,
    )  # fmt: skip
    deadline.ladder, deadline.ladder_from, deadline.levels_told = new.ladder, new.ladder_from, list(new.levels_told)
    deadline.rule_version, deadline.firmness, deadline.started_on = rule.version, rule.firmness, counted.start
    deadline.explanation = counted.explanation | reminding(reminder, early)
    deadline.due_on, deadline.early_on, deadline.alternatives = due, early, others
    deadline.rung_days, deadline.next_rung, deadline.next_rung_on = new.rung_days, new.next_rung, new.next_rung_on
    deadline.version += 1
    return move


def _by_settings(before: Reminder | None, now: Reminder | None, *, other_ladder: bool) -> Why:
    """What of its unit's has moved the reminders of a deadline whose day is the same; where nothing has, the calendar did."""
    only = before if now is None else now if before is None else None
    if only is not None and only.version:
        return "pack"
    return "ladder" if other_ladder else "reminder_day" if before != now else "calendar"


def _by_law(deadline: Deadline, counted: Counted) -> bool:
    """Whether the law has moved it: no holiday changes a version, a figure, how firm it is, or a day that is counted without
    working days."""
    kept = _sum(deadline.rule_version, deadline.explanation, deadline.alternatives)
    now = _sum(counted.rule.version, counted.explanation, counted.others)
    if (kept, deadline.firmness) != (now, counted.rule.firmness):
        return True
    same_start = counted.start == deadline.started_on
    return same_start and counted.due != deadline.due_on and counted.explanation["code"] not in WORKING_DAYS


def _sum(version: str, explanation: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """What only the law can change: the version, the amount, what is counted and from where, and other readings."""
    readings = [(one["version"], one.get("amount")) for one in others]
    counted = (explanation.get("amount"), explanation["code"].removesuffix("_without"), explanation.get("rests"))
    return version, *counted, readings
