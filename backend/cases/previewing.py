"""What a step would do: the very step, on the one road, in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from backend.audit.models import Event
from backend.cases.models import Case
from backend.core import clock
from backend.core.rehearsing import rehearsing
from backend.deadlines.models import Deadline


@dataclass(frozen=True)
class Change:
    """A field of a case or a member that the step moves."""

    lifecycle: str
    field: str
    source: str
    target: str


@dataclass(frozen=True)
class Foreseen:
    """What a step would do: its outcome, what it would move, and what would become of deadlines, as (rule, due day)."""

    outcome: dict[str, Any]
    changes: tuple[Change, ...]
    opened: tuple[Deadline, ...]
    ended: tuple[Deadline, ...]
    started: tuple[str, ...]
    """Lifecycles of which the step would open a case."""


def preview(act: Callable[[], dict[str, Any]]) -> Foreseen:
    """Run `act`, a call of `perform` or `enter` without a request key, and undo it; nothing of it is left but the gap in
    the ids that it drew.

    Raises what the step raises: NotFound, Stale, NotPermitted, Refused.
    """
    with rehearsing(clock.today()):
        outcome = act()
        first = UUID(outcome["event"])
        caused = _caused(first)
        uids = [one.uid for one in caused]
        ended = Deadline.objects.filter(closed_by__in=uids).order_by("due_on", "pk")
        opened = Deadline.objects.filter(occurrence__in=uids, status=Deadline.Status.OPEN).order_by("due_on", "pk")
        started = [
            one.subject_id for one in caused if one.uid != first and one.version == 1 and one.subject_kind == "case"
        ]
        lifecycles = Case.objects.filter(pk__in=started).order_by("pk").values_list("lifecycle", flat=True)
        return Foreseen(outcome, tuple(_changes(caused)), tuple(opened), tuple(ended), tuple(lifecycles))


def _caused(first: UUID) -> list[Event]:
    """The event of the step, those it caused, and those they caused."""
    after = Event.objects.filter(cause=first).values("uid")
    return list(Event.objects.filter(Q(uid=first) | Q(cause=first) | Q(cause__in=after)).order_by("pk"))


def _changes(events: Sequence[Event]) -> list[Change]:
    return [
        Change(one.lifecycle, field, source, target)
        for one in events for field, (source, target) in one.changes.items() if source != target
    ]  # fmt: skip
