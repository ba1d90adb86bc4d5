"""Attendance follows the log: a meeting that was held gives one row for each person of its roll call.

Of two meetings of a cell in one month (one is in addition) the first that was recorded gives the month's rows; once its entry
is voided the other one does.

The counters of later flags are drawn from these rows; the roll call itself stays in the detail of the meeting's event,
and where that was erased before the log came this far there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from backend.audit.models import Event, EventDetail
from backend.core.db import execute
from backend.core.partitions import ensure_month
from backend.participation.models import Attendance
from workflows.workdays import month_start

NAME = "attendance"
TABLE = "participation_attendance"
OPENED = ("meeting.planned", "meeting.made_good")


_OTHERS = """
    SELECT e.id FROM cases_case c JOIN audit_event e ON e.case_id = c.id AND e.code = 'meeting.held'
    WHERE c.unit_id = %s AND c.lifecycle = 'meeting' AND c.exclusive_key = (SELECT exclusive_key FROM cases_case WHERE id = %s)
      AND c.id <> %s AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)
    ORDER BY e.id"""


def follow(events: Sequence[Event]) -> None:
    """Write the rows of meetings held, take away those of meetings whose entry was voided; others pass by."""
    told = _rolls([event for event in events if event.code == "meeting.held"])
    for event in events:
        if event.code == "meeting.held":
            _write(event, told.get(event.uid) or {})
        elif event.code == "meeting.voided" and event.step == "hold":
            Attendance.objects.filter(meeting_id=event.case_id).delete()
            _draw_anew(event)


def _rolls(held: Sequence[Event]) -> dict[UUID, Mapping[str, str]]:
    found = EventDetail.objects.filter(event_uid__in=[event.uid for event in held])
    return dict(found.values_list("event_uid", "data__facts__roll_call"))


def _draw_anew(voided: Event) -> None:
    """The rows of the cell's other meetings of that time whose entries stand."""
    others = [key for (key,) in execute(_OTHERS, [voided.unit_id, voided.case_id, voided.case_id])]
    held = list(Event.objects.filter(pk__in=others).order_by("pk"))
    told = _rolls(held)
    for event in held:
        _write(event, told.get(event.uid) or {})


def _write(event: Event, roll: Mapping[str, str]) -> None:
    planned = Event.objects.filter(case_id=event.case_id, code__in=OPENED).order_by("-id").first()
    if not roll or planned is None:
        return
    month = month_start(date.fromisoformat(planned.facts["month"]))
    ensure_month(TABLE, month)
    Attendance.objects.bulk_create(
        [
            Attendance(
                month=month, member_id=int(member), kind=planned.facts["kind"], status=status, unit_id=event.unit_id,
                unit_path=event.unit_path, meeting_id=event.case_id,
            )
            for member, status in roll.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
