"""Flags are brought in line with their causes: raised with a task for the cell, changed, and cleared with the cause.

A second run changes nothing. Of two at once the later one waits for the cells that the first has in hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry
from backend.cases.changes import Changes
from backend.cases.durable import durable
from backend.cases.loading import lock_units
from backend.cases.numbers import draw_ids, draw_numbers
from backend.cases.orders import UnitRow
from backend.core.db import WHOLE, execute, scope
from backend.core.nudge import nudge
from backend.deadlines.calendar import calendar
from backend.deadlines.drafts import draft, laddered
from backend.flags.answering import rests
from backend.flags.counting import findings
from backend.flags.ending import endings
from backend.flags.models import Flag
from workflows import law
from workflows.flagging import RULES, TASKS, Cause, Finding
from workflows.offices import Level
from workflows.vocabulary import Clock, Situation

COUNTED = ("meeting", "membership", "classification", "admission", "away", "temporary_transfer", "dues_relief")
"""The lifecycles whose events may change what is counted."""
ROLLS = ("meeting.held", "meeting.voided")
CELLS = 100
"""Cells that are locked at once."""
FOUND = gettext_noop("Found by counting")
_PAY_THERE = """
    SELECT id FROM members_member WHERE guest_unit_id = %s
    UNION SELECT member_id FROM participation_duesentry WHERE unit_id = %s AND month = %s"""
_CALLED = """
    SELECT who::bigint FROM audit_event e JOIN audit_eventdetail d ON d.event_uid = e.uid
    CROSS JOIN LATERAL jsonb_object_keys(d.data #> '{facts,roll_call}') AS called (who)
    WHERE e.case_id = ANY (%s) AND e.code = 'meeting.held'"""
_HOMES = "SELECT DISTINCT unit_id FROM members_member WHERE id = ANY (%s)"
_CELLS = "SELECT id FROM organizations_unit WHERE level = 'cell' AND path >= %s AND path < %s || '~' ORDER BY id"


def cells_under(path: str) -> list[int]:
    """Every cell of a subtree, closed ones too: what was raised there goes."""
    return [key for (key,) in execute(_CELLS, [path, path])]


def refresh_all(today: date) -> int:
    """Bring the flags of every cell in line, some cells to a transaction; how many changed. For the nightly job."""
    with durable():
        scope(WHOLE)
        cells = cells_under(WHOLE)
    changed = 0
    for start in range(0, len(cells), CELLS):
        with durable():
            scope(WHOLE)
            changed += refresh(cells[start : start + CELLS], today)
    if changed:
        nudge("jobs.seal")
    return changed


def refresh(cells: Sequence[int], today: date) -> int:
    """Bring the flags of these cells in line inside the caller's transaction; how many were raised, changed, cleared.

    What was raised or cleared on a later day stays as it is: the clock was set back.
    """
    units, holding = lock_units(cells), dict[tuple[int, int, str, date], Finding]()
    for person, finding in findings(list(units), today):
        holding[person.unit_id, person.id, finding.cause, finding.since] = finding
    for member, unit, finding in endings(list(units), today):
        holding[unit, member, finding.cause, finding.since] = finding
    known = Flag.objects.filter(Q(cleared_on=None) | Q(cleared_on__gt=today), unit_id__in=cells).order_by("pk")
    by_key = {(one.unit_id, one.member_id, one.cause, one.since): one for one in known}
    writer = _Writer(units, today)
    writer.raise_([(key, finding) for key, finding in holding.items() if key not in by_key])
    open_ = {key: one for key, one in by_key.items() if one.cleared_on is None and one.raised_on <= today}
    for key, flag in open_.items():
        if key not in holding:
            writer.clear(flag)
        elif list(holding[key].months) != flag.months:
            writer.change(flag, holding[key])
    writer.changes.write()
    return writer.count


class _Writer:
    """Turns what differs into rows and events."""

    def __init__(self, units: dict[int, UnitRow], today: date) -> None:
        self.units, self.today, self.changes, self.count = units, today, Changes(), 0
        self.seen = Situation(on=today, today=today, facts={}, calendar=calendar(), look_up=law.rule)

    def raise_(self, new: Sequence[tuple[tuple[int, int, str, date], Finding]]) -> None:
        """New flags, each with its number and the task it opens."""
        units = [self.units[unit] for (unit, *_), _ in new]
        ids = draw_ids("flags_flag", len(new)) if new else []
        numbers = draw_numbers([(unit, "CB", self.today.year) for unit in units]) if new else []
        flags = [
            Flag(
                id=key, member_id=member, unit_id=unit.id, unit_path=unit.path, number=number, cause=cause, since=since,
                months=list(finding.months), ends_on=finding.ends_on, raised_on=self.today,
            )
            for key, number, unit, ((_, member, cause, since), finding) in zip(ids, numbers, units, new, strict=True)
        ]  # fmt: skip
        Flag.objects.bulk_create(flags)
        for flag, (_, finding) in zip(flags, new, strict=True):
            entry = self._log(EventCode.FLAG_RAISED, flag)
            if not finding.asked:
                self._task(flag, entry)

    def change(self, flag: Flag, finding: Finding) -> None:
        """Other months count now. Its task stands; the cell that let the matter rest is asked anew when a month is added."""
        added = not set(finding.months) <= set(flag.months)
        flag.months, flag.version = list(finding.months), flag.version + 1
        flag.save(update_fields=["months", "version"])
        entry = self._log(EventCode.FLAG_CHANGED, flag)
        if added and rests(flag):
            self._task(flag, entry)

    def clear(self, flag: Flag) -> None:
        """The cause is gone, and the task with it."""
        flag.cleared_on, flag.version = self.today, flag.version + 1
        flag.save(update_fields=["cleared_on", "version"])
        entry = self._log(EventCode.FLAG_CLEARED, flag)
        self.changes.close("flag", flag.pk, self.today, entry.uid, cancelled=(TASKS[Cause(flag.cause)],))

    def _log(self, code: EventCode, flag: Flag) -> Entry:
        """Its event. The member stands among the facts alone: a flag is not part of the member's own timeline."""
        rule = law.rule(RULES[Cause(flag.cause)], self.today)
        facts: dict[str, Any] = {
            "member": flag.member_id, "cause": flag.cause, "since": flag.since.isoformat(),
            "months": [month.isoformat() for month in flag.months],
        } | ({"ends": flag.ends_on.isoformat()} if flag.ends_on else {})  # fmt: skip
        entry = Entry(
            code=code, subject_kind="flag", subject_id=flag.pk, version=flag.version, who=Actor.system().who(),
            on=self.today, unit_id=flag.unit_id, unit_path=flag.unit_path, facts=facts, rules={rule.id: rule.version},
        )  # fmt: skip
        self.changes.log(entry)
        self.count += 1
        return entry

    def _task(self, flag: Flag, entry: Entry) -> None:
        clock = Clock(TASKS[Cause(flag.cause)], lambda situation: flag.ends_on or situation.on, Level.CELL, FOUND)
        drafted = draft(clock, self.seen)
        if drafted is None:
            raise AssertionError("the clocks of tasks always start")  # they start on the day of the run
        place = {"unit_id": flag.unit_id, "unit_path": flag.unit_path}
        acting = {
            "acting_unit_id": flag.unit_id, "acting_path": flag.unit_path, "acting_level": Level.CELL.value,
        }  # fmt: skip
        stamp = {"occurrence": entry.uid, "opened_at": entry.recorded_at, "reference": flag.number}
        about = {"subject_kind": "flag", "subject_id": flag.pk}
        drafted = laddered(drafted, self.units[flag.unit_id].ladders)
        self.changes.add("deadlines", {**drafted.columns(), **about, **place, **acting, **stamp})


def affected(events: Iterable[Any]) -> set[int]:
    """The cells whose counters events may have changed: where they happened, and the official cells of the members: of a
    meeting, of all who were called, guests and whoever has moved since."""
    cells, members, meetings = set[int](), set[int](), set[int]()
    for event in events:
        if event.code in (EventCode.IMPORT_DONE, EventCode.IMPORT_UNDONE):
            cells.update(cells_under(event.unit_path))
        elif event.lifecycle in COUNTED:
            cells.add(event.unit_id)
            members.update([event.member_id] if event.member_id is not None else ())
            meetings.update([event.case_id] if event.code in ROLLS else ())
        elif event.subject_kind == SubjectKind.DUES:
            cells.add(event.unit_id)
            there = execute(_PAY_THERE, [event.unit_id, event.unit_id, event.facts["month"]])
            members.update(key for (key,) in there)
    members.update(key for (key,) in (execute(_CALLED, [list(meetings)]) if meetings else ()))
    return cells | {key for (key,) in execute(_HOMES, [list(members)])} if members else cells
