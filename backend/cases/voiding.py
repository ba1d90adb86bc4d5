"""Mistakes are corrected, not edited: a second person voids an event, and what it did is undone by new events.

Only what nothing was built on can be voided: the event, and those it caused, must be the last of their subjects;
otherwise CannotVoid lists what stands in the way. A batch (an import) is voided as a whole, last events first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from backend.accounts.policy import Actor, require
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
            raise NotFound("There is nothing like that here.")
        _may_void(actor, first)
        if actor.user_id is not None and actor.user_id == first.user_id:
            raise NotPermitted("A second person must void it, not the one who recorded it.")
        uids = _void(actor, _with_consequences([first]), reason, proof)
    nudge("jobs.seal")
    return uids


def void_batch(actor: Actor, batch: UUID, *, reason: str) -> int:
    """Undo all of an import while nothing was built on it. Returns how many events were voided."""
    with durable():
        scope(actor.path)
        count = void_all(actor, batch, reason)
    nudge("jobs.seal")
    return count


def void_all(actor: Actor, batch: UUID, reason: str) -> int:
    """`void_batch` inside the caller's scoped transaction."""
    require(actor, Right.VOID, actor.path)
    events = list(Event.objects.filter(batch=batch, subject_kind__in=KINDS, voids=None).order_by("-id"))
    voided = set(Event.objects.filter(voids__in=[one.uid for one in events]).values_list("voids", flat=True))
    return len(_void(actor, [one for one in events if one.uid not in voided], reason, None))


def _may_void(actor: Actor, event: Event) -> None:
    """The right to void, at a level that could have recorded it: a cell does not void what a committee decided."""
    step = step_of(event.lifecycle, event.step)
    require(actor, Right.VOID, event.unit_path, levels_of(step, event.on_date) if step else ())
    if actor.is_person and not holds(actor.office, LIFECYCLES[event.lifecycle].read):
        raise NotFound("There is nothing like that here.")
    if event.cause is not None:
        raise CannotVoid("This was the consequence of another entry; void that one.", [event.cause])


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
        facts = _facts_before(layer.values())
        correction = _Correction(actor, rows, changes, reason, paper, today)
        done += [correction.undo(one, facts.get(one.uid, {})) for one in layer.values()]
        changes.write()
        gone = {one.pk for one in layer.values()}
        waiting = [one for one in waiting if one.pk not in gone]
    return done


def _refuse_if_built_on(events: Sequence[Event]) -> None:
    own = {one.uid for one in events}
    newest: dict[tuple[str, int], int] = {}
    for one in events:
        key = (one.subject_kind, one.subject_id)
        newest[key] = max(newest.get(key, 0), one.version)
        if one.voids is not None:
            raise CannotVoid("A void is not voided; do the step again instead.")
    blockers: list[UUID] = []
    for kind in KINDS:
        ids = [key[1] for key in newest if key[0] == kind]
        later = Event.objects.filter(subject_kind=kind, subject_id__in=ids).exclude(uid__in=own)
        found = later.values_list("uid", "subject_id", "version")
        blockers += [uid for uid, subject, version in found if version > newest[kind, subject]]
    blockers += _ballots_on(events, own)
    if blockers:
        raise CannotVoid("Later entries were built on this one; void them first.", blockers)


def _ballots_on(events: Sequence[Event], own: set[UUID]) -> list[UUID]:
    """Resolutions whose ballot names a meeting that is to be voided."""
    found: list[UUID] = []
    for one in events:
        if one.lifecycle == "meeting":
            rest = Event.objects.filter(unit_path=one.unit_path, facts__ballot__meeting=one.subject_id, voids=None)
            uids = [uid for uid in rest.values_list("uid", flat=True) if uid not in own]
            gone = set(Event.objects.filter(voids__in=uids).values_list("voids", flat=True))
            found += [uid for uid in uids if uid not in gone]
    return found


def _locked(events: Iterable[Event]) -> dict[tuple[str, int], Loaded]:
    cases = lock_cases({one.subject_id for one in events if one.subject_kind == "case"})
    members = lock_members({one.subject_id for one in events if one.subject_kind == "member"})
    found: dict[tuple[str, int], Loaded] = {("case", key): loaded for key, loaded in cases.items()}
    return found | {("member", key): loaded for key, loaded in members.items()}


def _facts_before(events: Iterable[Event]) -> dict[UUID, dict[str, Any]]:
    """What a case's facts were before each event: all earlier events' facts, the newest winning."""
    cases = {one.subject_id: one for one in events if one.subject_kind == "case"}
    earlier = Event.objects.filter(subject_kind="case", subject_id__in=cases, voids=None).order_by("id")
    voided = set(
        Event.objects.filter(subject_kind="case", subject_id__in=cases, voids__isnull=False).values_list(
            "voids", flat=True
        )
    )
    facts: dict[UUID, dict[str, Any]] = {one.uid: {} for one in cases.values()}
    for event in earlier:
        target = cases[event.subject_id]
        if event.pk < target.pk and event.uid not in voided:
            facts[target.uid].update(event.facts)
    return facts


@dataclass(frozen=True)
class _Correction:
    """What all voids of one layer share."""

    actor: Actor
    rows: Mapping[tuple[str, int], Loaded]
    changes: Changes
    reason: str
    paper: PaperValue | None
    today: date

    def undo(self, event: Event, facts: Mapping[str, Any]) -> UUID:
        """The rows that make one event undone; `facts` are the case's facts before it."""
        loaded = self.rows[event.subject_kind, event.subject_id]
        subject = loaded.case if event.subject_kind == "case" else loaded.member
        subject.version += 1
        for field, (was, _) in event.changes.items():
            setattr(subject, field, was)
        entry = self.entry(event, subject, loaded.unit.path)
        self.changes.log(entry)
        stamp = {"voided": str(event.uid), "event_uid": str(entry.uid), "recorded_at": entry.recorded_at.isoformat()}
        self.changes.add("unclosings", stamp)
        if event.subject_kind == "case":
            _restore_case(loaded, facts, self.changes)
        else:
            _restore_member(subject, event, self.changes)
            self.changes.add("unturns", stamp)
        return entry.uid

    def entry(self, event: Event, subject: Any, path: str) -> Entry:
        return Entry(
            code=f"{event.lifecycle}.voided", subject_kind=event.subject_kind, subject_id=subject.pk,
            version=subject.version, who=self.actor.who(), on=self.today, unit_id=event.unit_id, unit_path=path,
            lifecycle=event.lifecycle, step=event.step, voids=event.uid, batch=event.batch,
            changes={field: (now, was) for field, (was, now) in event.changes.items()},
            facts={"paper": PAPER.dump(self.paper)} if self.paper else {}, detail={"reason": self.reason},
            member_id=event.member_id, case_id=event.case_id,
        )  # fmt: skip


def _restore_member(member: Any, event: Event, changes: Changes) -> None:
    for name, value in event.facts.get("was", {}).items():
        setattr(member, name, date.fromisoformat(value) if value else None)
    row = {name: getattr(member, name) for name, _ in MEMBER_FIELDS}
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    changes.add("members", {"id": member.pk, **plain})


def _restore_case(loaded: Loaded, facts: Mapping[str, Any], changes: Changes) -> None:
    case = loaded.case
    final = case.state in LIFECYCLES[case.lifecycle].final or case.state == ""
    row = {"id": case.pk, "state": case.state, "version": case.version, "facts": dict(facts)}
    acting_id, acting_path = loaded.unit.at_level(next_level(loaded, clock.today()))
    acting = {"acting_unit_id": acting_id, "acting_path": acting_path}
    changes.add("cases", {**row, **acting, "closed_on": clock.today().isoformat() if final else None})
