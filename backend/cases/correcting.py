"""The rows that make an event undone: state, facts, history, deadlines and turn as they were before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from backend.accounts.policy import Actor
from backend.audit.codes import VOIDED
from backend.audit.details import standing
from backend.audit.models import Event
from backend.audit.record import Entry
from backend.cases.changes import Changes
from backend.cases.crossing import hand_back, turn
from backend.cases.judging import MEMBER_DATES, MEMBER_PLACES
from backend.cases.loading import code_there, named_units, see_units
from backend.cases.orders import Loaded, UnitRow
from backend.cases.registry import facts_after
from backend.cases.reinforcing import recounted
from workflows.catalogue import LIFECYCLES
from workflows.vocabulary import Paper, PaperValue, Text

REASON = Text("reason", gettext_lazy("Reason"))
PAPER = Paper("paper", gettext_lazy("Paper of the correction"), paper="correction")


@dataclass
class Before:
    """What a case was before an event: its facts, and the day on which it had been closed."""

    facts: dict[str, Any] = field(default_factory=dict)
    closed_on: date | None = None

    def follow(self, event: Event) -> None:
        """As the engine leaves a case: the newest facts win, and only a final state is closed."""
        self.facts = facts_after(event.lifecycle, event.step, self.facts, event.facts)
        final = event.changes["state"][1] in LIFECYCLES[event.lifecycle].final
        self.closed_on = event.on_date if final else None


def before_each(events: Iterable[Event]) -> dict[UUID, Before]:
    """For each event of a case: what the earlier events left that still stand.

    Lines are enough, so an erased detail hinders no void; what it held stays erased.
    """
    targets = {one.subject_id: one for one in events if one.subject_kind == "case"}
    before = {one.uid: Before() for one in targets.values()}
    for event in standing(Event.objects.filter(subject_kind="case", subject_id__in=targets)).order_by("id"):
        target = targets[event.subject_id]
        if event.pk < target.pk:
            before[target.uid].follow(event)
    return before


@dataclass(frozen=True)
class Correction:
    """What all voids of one layer share."""

    actor: Actor
    rows: Mapping[tuple[str, int], Loaded]
    changes: Changes
    reason: str
    paper: PaperValue | None
    today: date

    def undo(self, event: Event, before: Before | None) -> UUID:
        """The rows that make one event undone; `before` is what its case was (None for a member's event)."""
        loaded = self.rows[event.subject_kind, event.subject_id]
        subject = loaded.case if event.subject_kind == "case" else loaded.member
        subject.version += 1
        for name, (was, _) in event.changes.items():
            setattr(subject, name, was)
        entry = self.entry(event, subject)
        self.changes.log(entry)
        self.changes.undo(event.subject_kind, event.subject_id, event.uid, entry.uid, loaded)
        if before is not None:
            _restore_case(loaded, before, self.today, self.changes)
        else:
            _restore_member(subject, event, self.today, self.changes)
            stamp = {"event_uid": entry.uid, "recorded_at": entry.recorded_at}
            self.changes.add("unturns", {"subject": event.subject_id, "voided": event.uid, **stamp})
            self.changes.recount(_recounted(subject, event), entry)
        return entry.uid

    def entry(self, event: Event, subject: Any) -> Entry:
        return Entry(
            code=f"{event.lifecycle}.{VOIDED}", subject_kind=event.subject_kind, subject_id=subject.pk,
            version=subject.version, who=self.actor.who(), on=self.today, unit_id=event.unit_id, unit_path=event.unit_path,
            lifecycle=event.lifecycle, step=event.step, voids=event.uid, batch=event.batch,
            changes={name: (now, was) for name, (was, now) in event.changes.items()},
            facts=_given(PAPER.sealed(self.paper)), detail={"reason": self.reason, **_given(PAPER.detail(self.paper))},
            member_id=event.member_id, case_id=event.case_id,
        )  # fmt: skip


def _recounted(member: Any, event: Event) -> list[UnitRow]:
    """The units whose number of official members the event had changed; the member stands as before it again."""
    was, now = event.changes.get("standing", [member.standing] * 2)
    there, here = (event.facts.get(key, {}).get("unit_id", member.unit_id) for key in ("was", "set"))
    units = recounted((was, there), (now, here))
    return list(see_units(units).values()) if units else []


def _given(paper: Mapping[str, str] | None) -> dict[str, Any]:
    return {PAPER.name: paper} if paper else {}


def _restore_member(member: Any, event: Event, today: date, changes: Changes) -> None:
    """States were set by the caller; days and places as they were, and with the place what was handed over."""
    was: Mapping[str, Any] = event.facts.get("was", {})
    places = {name: was[name] for name in MEMBER_PLACES if name in was}
    for name in was.keys() - places.keys():
        setattr(member, name, date.fromisoformat(was[name]) if was[name] and name in MEMBER_DATES else was[name])
    units = see_units({key for key in places.values() if key})
    for name, key in places.items():
        setattr(member, name, key)
        setattr(
            member,
            name.replace("unit_id", "path") if "guest" in name else "unit_path",
            units[key].path if key else None,
        )
    changes.stand(member, placed=bool(places))
    if "unit_id" in places:
        hand_back(member, event.facts.get("cases", {}), units[places["unit_id"]], today, changes)


def _restore_case(loaded: Loaded, before: Before, today: date, changes: Changes) -> None:
    """A case whose opening is voided never was: it is closed from today, so that nothing waits for it."""
    case = loaded.case
    closed_on = before.closed_on if case.state else today
    row = {"id": case.pk, "state": case.state, "version": case.version, "facts": before.facts}
    loaded.there = named_units([code]).get(code) if (code := code_there(case.lifecycle, before.facts)) else None
    acting_id, acting_path = turn(loaded, today)
    acting = {"acting_unit_id": acting_id, "acting_path": acting_path}
    changes.add("cases", {**row, **acting, "closed_on": closed_on.isoformat() if closed_on else None})
