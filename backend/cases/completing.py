"""A record is completed, with an event that names the fields and not what stands in them: values stand in the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.models import Event
from backend.audit.record import Entry
from backend.cases.changes import Changes
from backend.cases.loading import lock_members
from backend.members.completing import empty_fields, take_out

TASK = "TASK.COMPLETE_RECORD"
"""Met once the record has its personal id."""
FACT = "completed"


def complete(
    actor: Actor, additions: Mapping[int, Mapping[str, Any]], on: date, *, changes: Changes, batch: UUID | None = None
) -> int:
    """Add columns to members' records, inside the caller's scoped transaction; how many records got something.

    `additions` are columns of Member by member's id, sealed values with their indexes. The rows are locked first: a
    field that has been filled meanwhile keeps what it says. The caller has asked for the right; `changes` is written
    by the caller.
    """
    completed, loaded = 0, lock_members(additions)
    empty = empty_fields(list(loaded))
    for key, one in loaded.items():
        added = sorted(name for name in additions[key] if name in empty[key])
        if added:
            member, unit = one.member, one.unit
            entry = Entry(
                code=EventCode.MEMBER_COMPLETED, subject_kind="member", subject_id=key, version=member.version + 1,
                who=actor.who(), on=on, unit_id=unit.id, unit_path=unit.path, lifecycle="membership", facts={FACT: added},
                member_id=key, batch=batch,
            )  # fmt: skip
            changes.fills.append({**additions[key], "id": key, "version": entry.version})
            completed += 1
            changes.log(entry)
            if "personal_id" in added:
                changes.close("member", key, on, entry.uid, met=(TASK,))
    return completed


def take_back(event: Event) -> None:
    """Leave empty again what the event of a completion, or of a merge, had filled; other events pass by."""
    if event.code in (EventCode.MEMBER_COMPLETED, EventCode.MEMBER_TOOK_OVER):
        take_out(event.subject_id, event.facts[FACT])
