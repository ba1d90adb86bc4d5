"""The event beside every deadline that a changed holiday moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend.audit.codes import EventCode
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.deadlines.recompute import Move


def recorder(who: Who) -> Callable[[Sequence[Move]], None]:
    """What `recompute` hands its moves to: one `deadline.moved` event each, in the transaction that moved the row."""

    def write(moves: Sequence[Move]) -> None:
        record([_entry(move, who) for move in moves])

    return write


def _entry(move: Move, who: Who) -> Entry:
    moved = move.deadline
    due = {"due_was": move.due_before.isoformat(), "due": move.due_after.isoformat()}
    return Entry(
        code=EventCode.DEADLINE_MOVED,
        subject_kind="deadline",
        subject_id=moved.pk,
        version=moved.version,
        who=who,
        on=clock.today(),
        unit_id=moved.unit_id,
        unit_path=moved.unit_path,
        facts={"rule": moved.rule_id, **due, "reminder": move.next_after.isoformat() if move.next_after else None},
        rules={moved.rule_id: moved.rule_version},
        case_id=moved.subject_id if moved.subject_kind == "case" else None,
    )
