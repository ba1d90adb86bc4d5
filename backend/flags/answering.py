"""What a flag asks is met by the step with which people answer: they open a case on it, or say that they open none.

The deadline is met on the day of the step. Where that step is voided nothing has been answered, and it runs again.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.changes import Changes
from backend.deadlines.models import Deadline
from backend.deadlines.reminding import follow_reopened
from backend.flags.models import Flag
from workflows.catalogue import LIFECYCLES
from workflows.flagging import TASKS, Cause, answered

RESTS = LIFECYCLES["membership"].steps()["consider"].code


def answer(events: Sequence[Event]) -> None:
    """Meet, or open again, the tasks that these events are about, one after the other; inside the caller's transaction."""
    for event in events:
        changes = Changes()
        if event.voids is not None:
            _open_again(event.voids, event.uid, changes)
        elif event.member_id is not None:
            _meet(event, event.member_id, changes)
        changes.write()
        follow_reopened(Actor.system().who(), changes.reopened)


def rests(flag: Flag) -> bool:
    """Whether the cell has considered it last and opened no case."""
    task = Deadline.objects.filter(subject_kind="flag", subject_id=flag.pk).order_by("-pk").first()
    closed_by = task.closed_by if task is not None else None
    return closed_by is not None and Event.objects.filter(uid=closed_by, code=RESTS).exists()


def _meet(event: Event, member_id: int, changes: Changes) -> None:
    causes = answered(f"{event.lifecycle}.{event.step}", event.facts)
    if causes:
        for flag in Flag.objects.filter(member_id=member_id, cause__in=causes, cleared_on=None).order_by("pk"):
            changes.close("flag", flag.pk, event.on_date, event.uid, met=(TASKS[Cause(flag.cause)],))


def _open_again(voided: UUID, uid: UUID, changes: Changes) -> None:
    met = Deadline.objects.filter(subject_kind="flag", closed_by=voided).values("subject_id")
    for flag in Flag.objects.filter(pk__in=met, cleared_on=None).order_by("pk"):
        changes.undo("flag", flag.pk, voided, uid)
