"""Mistakes are corrected, not edited: a second person voids an event, and what it did is undone by new events.

Only what nothing was built on can be voided: the event, and those it caused, must be the last of their subjects;
otherwise CannotVoid lists what stands in the way. A batch (an import) is voided as a whole, last events first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, gettext_noop

from backend.accounts.policy import Actor, require
from backend.audit.codes import VOIDED
from backend.audit.details import standing
from backend.audit.models import Event
from backend.audit.record import Entry
from backend.cases.changes import MEMBER_FIELDS, Changes
from backend.cases.emitting import next_level
from backend.cases.engine import durable
from backend.cases.judging import levels_of
from backend.cases.loading import lock_cases, lock_members
from backend.cases.orders import Loaded
from backend.cases.registry import step_of
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import CannotVoid, NotFound, NotPermitted
from backend.core.nudge import nudge
from backend.members.forgetting import forget
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right, holds
from workflows.vocabulary import Paper, PaperValue

KINDS = ("case", "member")
PAPER = Paper("paper", gettext_lazy("Paper of the correction"), paper="correction")


def void(actor: Actor, event: UUID, *, reason: str, paper: Mapping[str, Any]) -> list[UUID]:
    """Undo one event and what it caused. Returns the uids of the voiding events.

    Raises NotFound, NotPermitted (no right, or the person who recorded it), FactError for a bad paper, CannotVoid.
    """
    proof = PAPER.read(paper)
    with durable():
        scope(actor.path)
        first = Event.objects.filter(uid=event, subject_kind__in=KINDS).first()
        if first is None or not actor.sees(first.unit_path):
            raise NotFound(gettext_noop("There is nothing like that here."))
        _may_void(actor, first)
        _second_person(actor, Event.objects.filter(pk=first.pk))
        uids = _void(actor, _with_consequences([first]), reason, proof)
    nudge("jobs.seal")
    return uids


def void_all(actor: Actor, batch: UUID, reason: str) -> int:
    """Undo all of an import while nothing was built on it, inside the caller's scoped transaction; how many events.

    Raises NotPermitted (no right, or the person who brought it in), CannotVoid.
    """
    require(actor, Right.VOID, actor.path)
    _second_person(actor, Event.objects.filter(batch=batch))
    events = standing(Event.objects.filter(batch=batch, subject_kind__in=KINDS)).order_by("-id")
    return len(_void(actor, list(events), reason, None))


def _may_void(actor: Actor, event: Event) -> None:
    """The right to void, at a level that could have recorded it: a cell does not void what a committee decided."""
    step = step_of(event.lifecycle, event.step)
    require(actor, Right.VOID, event.unit_path, levels_of(step, event.on_date) if step else ())
    if actor.is_person and not holds(actor.office, LIFECYCLES[event.lifecycle].read):
        raise NotFound(gettext_noop("There is nothing like that here."))
    if event.cause is not None:
        raise CannotVoid(gettext_noop("This was the consequence of another entry; void that one."), [event.cause])


def _second_person(actor: Actor, events: QuerySet[Event]) -> None:
    """Nobody voids their own entry. The operator is no person of the log: only a name that the system gave."""
    if actor.user_id is not None and events.filter(user_id=actor.user_id).exists():
        raise NotPermitted(gettext_noop("A second person must void it, not the one who recorded it."))


def _with_consequences(events: Sequence[Event]) -> list[Event]:
    found = list(events)
    level = list(events)
    while level:
        level = list(Event.objects.filter(cause__in=[one.uid for one in level], subject_kind__in=KINDS))
        found += level
    return sorted(found, key=lambda one: one.pk, reverse=True)


def _void(actor: Actor, events: Sequence[Event], reason: str, paper: PaperValue | None) -> list[UUID]:
    """Undo events, newest first; one pass for each layer of events on the same subjects."""
    rows = _locked(events)  # first: what was built on it is read under the locks
    _refuse_if_built_on(events)
    today = clock.today()
    done: list[UUID] = []
    waiting = list(events)
    while waiting:
        layer: dict[tuple[str, int], Event] = {}
        for one in waiting:
            layer.setdefault((one.subject_kind, one.subject_id), one)
        changes = Changes()
        before = _before(layer.values())
        correction = _Correction(actor, rows, changes, reason, paper, today)
        done += [correction.undo(one, before.get(one.uid)) for one in layer.values()]
        changes.write()
        forget([key for kind, key in layer if kind == "member" and not rows[kind, key].member.standing])
        gone = {one.pk for one in layer.values()}
        waiting = [one for one in waiting if one.pk not in gone]
    return done


def _refuse_if_built_on(events: Sequence[Event]) -> None:
    own = [one.uid for one in events]
    newest: dict[tuple[str, int], int] = {}
    for one in events:
        key = (one.subject_kind, one.subject_id)
        newest[key] = max(newest.get(key, 0), one.version)
        if one.voids is not None:
            raise CannotVoid(gettext_noop("A void is not voided; do the step again instead."))
    voids = list(Event.objects.filter(voids__in=own).values_list("uid", flat=True))
    if voids:
        raise CannotVoid(gettext_noop("This entry was voided already."), voids)
    blockers: list[UUID] = []
    for kind in KINDS:
        ids = [key[1] for key in newest if key[0] == kind]
        later = standing(Event.objects.filter(subject_kind=kind, subject_id__in=ids))
        found = later.exclude(uid__in=own).values_list("uid", "subject_id", "version")
        blockers += [uid for uid, subject, version in found if version > newest[kind, subject]]
    blockers += _ballots_on(events, own)
    if blockers:
        raise CannotVoid(gettext_noop("Later entries were built on this one; void them first."), blockers)


def _ballots_on(events: Sequence[Event], own: Sequence[UUID]) -> list[UUID]:
    """Resolutions whose ballot names a meeting that is to be voided."""
    found: list[UUID] = []
    for one in events:
        if one.lifecycle == "meeting":
            rest = Event.objects.filter(unit_path=one.unit_path, facts__ballot__meeting=one.subject_id)
            found += standing(rest).exclude(uid__in=own).values_list("uid", flat=True)
    return found


def _locked(events: Iterable[Event]) -> dict[tuple[str, int], Loaded]:
    cases = lock_cases({one.subject_id for one in events if one.subject_kind == "case"})
    members = lock_members({one.subject_id for one in events if one.subject_kind == "member"})
    found: dict[tuple[str, int], Loaded] = {("case", key): loaded for key, loaded in cases.items()}
    return found | {("member", key): loaded for key, loaded in members.items()}


@dataclass
class _Before:
    """What a case was before an event: its facts, and the day on which it had been closed."""

    facts: dict[str, Any] = field(default_factory=dict)
    closed_on: date | None = None

    def follow(self, event: Event) -> None:
        """As the engine leaves a case: the newest facts win, and only a final state is closed."""
        self.facts.update(event.facts)
        final = event.changes["state"][1] in LIFECYCLES[event.lifecycle].final
        self.closed_on = event.on_date if final else None


def _before(events: Iterable[Event]) -> dict[UUID, _Before]:
    """For each event of a case: what the earlier events left that still stand.

    Lines are enough, so an erased detail hinders no void; what it held stays erased.
    """
    targets = {one.subject_id: one for one in events if one.subject_kind == "case"}
    before = {one.uid: _Before() for one in targets.values()}
    for event in standing(Event.objects.filter(subject_kind="case", subject_id__in=targets)).order_by("id"):
        target = targets[event.subject_id]
        if event.pk < target.pk:
            before[target.uid].follow(event)
    return before


@dataclass(frozen=True)
class _Correction:
    """What all voids of one layer share."""

    actor: Actor
    rows: Mapping[tuple[str, int], Loaded]
    changes: Changes
    reason: str
    paper: PaperValue | None
    today: date

    def undo(self, event: Event, before: _Before | None) -> UUID:
        """The rows that make one event undone; `before` is what its case was (None for a member's event)."""
        loaded = self.rows[event.subject_kind, event.subject_id]
        subject = loaded.case if event.subject_kind == "case" else loaded.member
        subject.version += 1
        for name, (was, _) in event.changes.items():
            setattr(subject, name, was)
        entry = self.entry(event, subject, loaded.unit.path)
        self.changes.log(entry)
        stamp = {"voided": str(event.uid), "event_uid": str(entry.uid), "recorded_at": entry.recorded_at.isoformat()}
        self.changes.add("unclosings", stamp)
        if before is not None:
            _restore_case(loaded, before, self.today, self.changes)
        else:
            _restore_member(subject, event, self.changes)
            self.changes.add("unturns", stamp)
        return entry.uid

    def entry(self, event: Event, subject: Any, path: str) -> Entry:
        return Entry(
            code=f"{event.lifecycle}.{VOIDED}", subject_kind=event.subject_kind, subject_id=subject.pk,
            version=subject.version, who=self.actor.who(), on=self.today, unit_id=event.unit_id, unit_path=path,
            lifecycle=event.lifecycle, step=event.step, voids=event.uid, batch=event.batch,
            changes={name: (now, was) for name, (was, now) in event.changes.items()},
            facts=_given(PAPER.sealed(self.paper)), detail={"reason": self.reason, **_given(PAPER.detail(self.paper))},
            member_id=event.member_id, case_id=event.case_id,
        )  # fmt: skip


def _given(paper: Mapping[str, str] | None) -> dict[str, Any]:
    return {PAPER.name: paper} if paper else {}


def _restore_member(member: Any, event: Event, changes: Changes) -> None:
    for name, value in event.facts.get("was", {}).items():
        setattr(member, name, date.fromisoformat(value) if value else None)
    row = {name: getattr(member, name) for name, _ in MEMBER_FIELDS}
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    changes.add("members", {"id": member.pk, **plain})


def _restore_case(loaded: Loaded, before: _Before, today: date, changes: Changes) -> None:
    """A case whose opening is voided never was: it is closed from today, so that nothing waits for it."""
    case = loaded.case
    closed_on = before.closed_on if case.state else today
    row = {"id": case.pk, "state": case.state, "version": case.version, "facts": before.facts}
    acting_id, acting_path = loaded.unit.at_level(next_level(loaded, today))
    acting = {"acting_unit_id": acting_id, "acting_path": acting_path}
    changes.add("cases", {**row, **acting, "closed_on": closed_on.isoformat() if closed_on else None})
