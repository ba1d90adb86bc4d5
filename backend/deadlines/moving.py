"""The event beside every deadline that a changed holiday, parameter or reminder day touched, and the line people read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from backend.audit.codes import EventCode
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.deadlines.recompute import Move, Why
from backend.deadlines.titles import title
from workflows.answers import shown

REASONS: dict[Why, Promise] = {
    "law": _("the law has changed"), "calendar": _("the calendar has changed"),
    "reminder_day": _("the reminder day has changed"), "ladder": _("the ladder of reminders has changed"),
    "pack": _("the rule packs that hold for the unit have changed"),
    "record": _("the record of the person was corrected"),
}  # fmt: skip

_LINE = gettext_noop("%(case)s %(rule)s: %(before)s → %(after)s (%(why)s)")
_SAME_DAY = gettext_noop("%(case)s %(rule)s: %(after)s as before, %(next)s (%(why)s)")
_WOULD, _DID = gettext_noop("%(count)s deadlines would move."), gettext_noop("%(count)s deadlines moved.")
_WOULD_REMIND = gettext_noop("%(count)s would keep their day; only their reminders would change.")
_DID_REMIND = gettext_noop("%(count)s keep their day; only their reminders changed.")


def told(moves: Sequence[Move], *, dry_run: bool) -> Iterator[str]:
    """One line for each move (case, rule, from when to when, why), then how many."""
    for move in moves:
        one = move.deadline
        words = {
            "case": f"{one.reference or one.pk} ({one.unit.name})", "rule": title(one.rule_id),
            "before": shown(move.due_before), "after": shown(move.due_after), "next": upcoming(move), "why": REASONS[move.why],
        }  # fmt: skip
        yield gettext(_LINE if move.moves_the_day else _SAME_DAY) % words
    moved = sum(move.moves_the_day for move in moves)
    yield gettext(_WOULD if dry_run else _DID) % {"count": moved}
    if moved < len(moves):
        yield gettext(_WOULD_REMIND if dry_run else _DID_REMIND) % {"count": len(moves) - moved}


def upcoming(move: Move) -> str:
    """When the deadline is spoken of next, in words."""
    day = _next_said(move)
    return gettext("next reminder on %(day)s") % {"day": shown(day)} if day else gettext("nothing more will be said")


def _next_said(move: Move) -> date | None:
    """The day on which the deadline is spoken of next: a reminder whose day went by is said today."""
    return max(move.next_after, clock.today()) if move.next_after else None


def recorder(who: Who) -> Callable[[Sequence[Move]], None]:
    """What `recompute` hands its moves to: one event each, in the transaction that moved the row.

    `deadline.moved` where the legal day is another one, else `deadline.replanned`: only the reminders are.
    """

    def write(moves: Sequence[Move]) -> None:
        record([_entry(move, who) for move in moves])

    return write


def _entry(move: Move, who: Who) -> Entry:
    moved, said = move.deadline, _next_said(move)
    due = {"due_was": move.due_before.isoformat(), "due": move.due_after.isoformat()}
    return Entry(
        code=EventCode.DEADLINE_MOVED if move.moves_the_day else EventCode.DEADLINE_REPLANNED,
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
            "early_was": move.early_before.isoformat() if move.early_before else None,
            "early": moved.early_on.isoformat() if moved.early_on else None,
            "reminder": said.isoformat() if said else None,
            "why": move.why,
            "version_was": move.version_before,
            **(
                {"ladder_was": move.ladder_before, "ladder": moved.ladder} if move.ladder_before != moved.ladder else {}
            ),
        },
        rules={moved.rule_id: moved.rule_version},
        case_id=moved.subject_id if moved.subject_kind == "case" else None,
    )
