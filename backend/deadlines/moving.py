"""The event beside every deadline that a changed holiday, parameter or reminder day moved, and the line people read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.audit.codes import EventCode
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.deadlines.recompute import Move, Why
from workflows.answers import shown

REASONS: dict[Why, Promise] = {
    "law": _("the law has changed"), "calendar": _("the calendar has changed"),
    "reminder_day": _("the reminder day has changed"),
}  # fmt: skip


def told(moves: Sequence[Move], *, dry_run: bool) -> Iterator[str]:
    """One line for each move (case, rule, from when to when, why), then how many."""
    for move in moves:
        one = move.deadline
        words = {
            "case": one.reference or one.pk, "rule": one.rule_id, "before": shown(move.due_before),
            "after": shown(move.due_after), "why": REASONS[move.why],
        }  # fmt: skip
        yield gettext("%(case)s %(rule)s: %(before)s → %(after)s (%(why)s)") % words
    counted = {"count": len(moves)}
    yield (
        gettext("%(count)s deadlines would move.") % counted
        if dry_run
        else gettext("%(count)s deadlines moved.") % counted
    )


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
        facts={
            "rule": moved.rule_id,
            **due,
            "reminder": move.next_after.isoformat() if move.next_after else None,
            "why": move.why,
            "version_was": move.version_before,
        },
        rules={moved.rule_id: moved.rule_version},
        case_id=moved.subject_id if moved.subject_kind == "case" else None,
    )
