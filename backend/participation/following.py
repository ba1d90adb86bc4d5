"""Attendance follows the log: a meeting that was held gives one row for each person of its roll call.

The counters of later flags are drawn from these rows; the roll call itself stays in the detail of the meeting's event,
and where that was erased before the log came this far there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from backend.audit.models import Event, EventDetail
from backend.core.partitions import ensure_month
from backend.participation.models import Attendance
from workflows.workdays import month_start

NAME = "attendance"
TABLE = "participation_attendance"
OPENED = ("meeting.planned", "meeting.made_good")


def follow(events: Sequence[Event]) -> None:
    """Write the rows of meetings held, take away those of meetings whose entry was voided; others pass by."""
    held = [event.uid for event in events if event.code == "meeting.held"]
    told = dict(EventDetail.objects.filter(event_uid__in=held).values_list("event_uid", "data__facts__roll_call"))
    for event in events:
        if event.code == "meeting.held":
            _write(event, told.get(event.uid) or {})
        elif event.code == "meeting.voided" and event.step == "hold":
            Attendance.objects.filter(meeting_id=event.case_id).delete()


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
