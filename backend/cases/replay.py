"""Every case and member derived again from its events, and compared with what is stored. Reads only; nothing is mended.

A subject begins as nothing. Each event must be its next version, start from where the subject stands and move along an edge
of the catalogue; a void takes it back to where it stood before the voided event. What then differs from the row is told in
one sentence each; the versions of the law are judged by `replay_deciding`, the history of members by `replay_history`,
deadlines by `replay_deadlines`, the tasks of cells that are too small by `replay_units`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from backend.audit.models import Event
from backend.cases.judging import MEMBER_DATES, MEMBER_FIGURES, MEMBER_PLACES
from backend.cases.models import Case
from backend.cases.registry import facts_after
from backend.cases.replay_deadlines import deadline_differences, subject_name
from backend.cases.replay_deciding import Decided
from backend.cases.replay_history import history_differences
from backend.cases.replay_units import unit_differences
from backend.core.db import WHOLE, scope
from backend.members.models import Member
from workflows.catalogue import LIFECYCLES, edges

CHUNK = 500
TABLES: dict[str, type[Any]] = {"case": Case, "member": Member}
FIELDS = {"case": ("state",), "member": ("standing", "participation")}
_EDGES = {edge[:4] for edge in edges()}


@dataclass(frozen=True)
class Derived:
    """What the events of a subject say it is."""

    version: int = 0
    states: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, Any] = field(default_factory=dict)  # of a member, with the places
    closed_on: date | None = None


def replay(progress: Callable[[str, int], None] = lambda kind, count: None) -> Iterator[str]:
    """One sentence for each difference, in order of kind and id; none may exist. `progress` hears of cases and members."""
    for kind, table in TABLES.items():
        last, after, seen = _last(kind, table), 0, 0
        while after < last:
            ids = _next_ids(kind, table, after)
            found = differences(kind, ids)
            if found:  # somebody may have been at work between two readings: look again, with the rows held still
                found = differences(kind, sorted(found), lock=True)
            for key in sorted(found):
                yield from found[key]
            after, seen = ids[-1], seen + len(ids)
            progress(kind, seen)
    yield from unit_differences()


def _last(kind: str, table: type[Any]) -> int:
    with transaction.atomic():
        scope(WHOLE)
        rows = table.objects.aggregate(last=Max("pk"))["last"] or 0
        return max(rows, Event.objects.filter(subject_kind=kind).aggregate(last=Max("subject_id"))["last"] or 0)


def _next_ids(kind: str, table: type[Any], after: int) -> list[int]:
    """The next subjects that have a row, or events, or both."""
    with transaction.atomic():
        scope(WHOLE)
        rows = table.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]
        told = Event.objects.filter(subject_kind=kind, subject_id__gt=after).order_by("subject_id")
        named = told.values_list("subject_id", flat=True).distinct()[:CHUNK]
        return sorted({*rows, *named})[:CHUNK]


def differences(kind: str, ids: Sequence[int], *, lock: bool = False) -> dict[int, list[str]]:
    """The differences of some cases or members, by id; those without any are left out."""
    with transaction.atomic():
        scope(WHOLE)
        stored = TABLES[kind].objects.filter(pk__in=ids).order_by("pk")
        rows = {row.pk: row for row in (stored.select_for_update(no_key=True) if lock else stored)}
        events: dict[int, list[Event]] = {key: [] for key in ids}
        wanted = Event.objects.filter(subject_kind=kind, subject_id__in=ids).order_by("subject_id", "version")
        for key, group in groupby(wanted.defer("line", "commitment"), key=lambda one: one.subject_id):
            events[key] = list(group)
        about = deadline_differences(kind, rows, events)
        stood = history_differences(events) if kind == "member" else {}
        behind = _left_behind(rows.values()) if kind == "case" else {}
        decided = Decided.read(event for told in events.values() for event in told)
        found = {
            key: [
                *_differences(kind, key, rows.get(key), events[key], decided),
                *stood.get(key, ()),
                *behind.get(key, ()),
                *about.get(key, ()),
            ]
            for key in ids
        }
    return {key: told for key, told in found.items() if told}


def _left_behind(cases: Collection[Case]) -> dict[int, list[str]]:
    """Open cases that do not stand where their member does."""
    waiting = [one for one in cases if one.closed_on is None and one.state and one.member_id is not None]
    homes = dict(Member.objects.filter(pk__in={one.member_id for one in waiting}).values_list("pk", "unit_id"))
    said = _("is open in unit %(unit)s, its member stands in unit %(home)s")
    return {
        one.pk: [f"{subject_name('case', one.pk)}: {said % {'unit': one.unit_id, 'home': home}}"]
        for one in waiting
        if (home := homes.get(one.member_id or 0)) != one.unit_id
    }


def _differences(kind: str, key: int, row: Any, events: Sequence[Event], decided: Decided) -> Iterator[str]:
    name = subject_name(kind, key)
    derived = Derived()
    for event, stood, after in derive(events):
        wrong = [*_wrong(kind, stood, event), *decided.wrong(event)]
        about = {"subject": name, "version": event.version, "code": event.code}
        yield from (
            _("%(subject)s, version %(version)s (%(code)s): %(said)s") % {**about, "said": one} for one in wrong
        )
        derived = after
    if row is None:
        yield f"{name}: {_('has events but no row')}"
        return
    if not events:
        yield f"{name}: {_('has a row but no event')}"
        return
    yield from (f"{name}: {said}" for said in _compared(kind, row, derived))


def derive(events: Iterable[Event]) -> Iterator[tuple[Event, Derived, Derived]]:
    """Each event of one subject, in the order of their versions, with what the subject was before it and is after it."""
    derived, before = Derived(), dict[UUID, Derived]()
    for event in events:
        before[event.uid] = stood = derived
        derived = _after(stood, event, before)
        yield event, stood, derived


def _wrong(kind: str, derived: Derived, event: Event) -> Iterator[str]:
    """What cannot be in an event, given where its subject stood."""
    if event.version != derived.version + 1:
        yield _("follows version %(version)s") % {"version": derived.version}
    for name, (was, now) in event.changes.items():
        stood = derived.states.get(name, "")
        if name not in FIELDS[kind] or was != stood:
            yield _("moves %(field)s from “%(was)s”, which was “%(stood)s”") % {
                "field": name,
                "was": was,
                "stood": stood,
            }
        elif event.voids is None and (event.lifecycle, name, was, now) not in _EDGES:
            words = {"page": event.lifecycle, "field": name, "was": was, "now": now}
            yield _("no step of %(page)s moves %(field)s from “%(was)s” to “%(now)s”") % words


def _after(derived: Derived, event: Event, before: dict[UUID, Derived]) -> Derived:
    moved = {**derived.states, **{name: now for name, (_was, now) in event.changes.items()}}
    if event.voids is not None:
        back = before.get(event.voids, Derived())
        closed_on = back.closed_on if moved.get("state", "x") else event.on_date
        stands = {
            name: derived.dates[name] for name in ("unit_id",) if name in derived.dates
        }  # a row always has a place
        return replace(back, version=event.version, states=moved, closed_on=closed_on, dates=stands | back.dates)
    facts, dates = dict(event.facts), dict(derived.dates)
    if event.subject_kind == "member":
        known = {name: facts[name] for name in (*MEMBER_DATES, *MEMBER_FIGURES) if name in facts}
        dates |= ({**known, "unit_id": event.unit_id} if event.version == 1 else {}) | facts.get("set", {})
    final = moved.get("state") in LIFECYCLES[event.lifecycle].final
    held = facts_after(event.lifecycle, event.step, derived.facts, facts)
    return Derived(event.version, moved, held, dates, event.on_date if final else None)


def _compared(kind: str, row: Any, derived: Derived) -> Iterator[str]:
    pairs: list[tuple[str, Any, Any]] = [("version", row.version, derived.version)]
    pairs += [(name, getattr(row, name), derived.states.get(name, "")) for name in FIELDS[kind]]
    if kind == "case":
        pairs += [("closed_on", row.closed_on, derived.closed_on), ("facts", row.facts, derived.facts)]
    else:
        days = {name: getattr(row, name) for name in MEMBER_DATES}
        pairs += [(name, day and day.isoformat(), derived.dates.get(name)) for name, day in days.items()]
        pairs += [(name, getattr(row, name), derived.dates.get(name)) for name in (*MEMBER_FIGURES, *MEMBER_PLACES)]
    for name, stored, said in pairs:
        if stored != said:
            words = {"field": name, "stored": _short(stored), "said": _short(said)}
            yield _("%(field)s is %(stored)s, its events say %(said)s") % words


def _short(value: Any) -> str:
    said = str(value) if value not in (None, "") else _("nothing")
    return said if len(said) <= 200 else f"{said[:199]}…"
