"""Whether the history of members by date (their spells) is what their events say: derived again, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from backend.audit.models import Event
from backend.cases.registry import step_of
from backend.members.models import Spell
from workflows.standings import Standing
from workflows.vocabulary import STAY


@dataclass(frozen=True, order=True)
class Stretch:
    """What was true from a day up to another (None: until further notice), and the event that says so."""

    since: date
    until: date | None
    unit_id: int
    standing: str
    participation: str
    event: UUID

    def __str__(self) -> str:
        words = {"standing": self.standing or "–", "participation": self.participation or "–", "unit": self.unit_id}
        days = {"since": self.since, "until": self.until or "…"}
        return _("%(standing)s, %(participation)s in unit %(unit)s from %(since)s to %(until)s") % {**words, **days}


def history_differences(events: Mapping[int, Sequence[Event]]) -> dict[int, list[str]]:
    """One sentence for each stretch that differs, by the member's id. Inside the caller's transaction."""
    kept: dict[int, list[Stretch]] = {}
    for row in Spell.objects.filter(member_id__in=events, retracted_at=None):
        kept.setdefault(row.member_id, []).append(
            Stretch(row.valid.lower, row.valid.upper, row.unit_id, row.standing, row.participation, row.event_uid)
        )
    return {key: [*_compared(key, kept.get(key, []), derived(told))] for key, told in events.items()}


def derived(events: Sequence[Event]) -> list[Stretch]:
    """The history that a member's events give, in the order in which they were recorded; what was voided never was."""
    voided = {event.voids for event in events}
    found: list[Stretch] = []
    for event in events:
        if event.voids is not None or event.uid in voided:
            continue
        step = step_of(event.lifecycle, event.step)
        stays = step is not None and step.target == STAY
        moved: dict[str, Any] = {name: now for name, (_was, now) in event.changes.items() if not stays}
        if moved.get("standing") == Standing.MERGED:
            found = []
        elif event.version == 1:
            states = {"standing": "", "participation": ""} | moved
            found = [Stretch(event.on_date, None, event.unit_id, event=event.uid, **states)]
        else:
            placed = event.facts.get("set", {})
            moved |= {name: placed[name] for name in ("unit_id",) if name in placed}
            found = _turned(found, event, moved) if moved or "begins" in event.facts else found
    return found


def _turned(history: Iterable[Stretch], event: Event, moved: Mapping[str, Any]) -> list[Stretch]:
    """From the event's day on, whatever stands later too, the moved fields are the new ones.

    A way of taking part that begins later is the new one from that day on.
    """
    begins, found = event.facts.get("begins", {}), list[Stretch]()
    later = date.fromisoformat(begins["day"]) if begins else event.on_date
    since = event.on_date if "meanwhile" in begins else later
    waiting = {**moved, "participation": begins.get("meanwhile")}
    for one in history:
        if one.until is not None and one.until <= since:
            found.append(one)
            continue
        if one.since < since:
            found.append(replace(one, until=since, event=event.uid))
        for first, last, said in ((since, later, waiting), (later, None, moved)):
            part = replace(one, since=max(one.since, first), until=_sooner(one.until, last), event=event.uid)
            if part.until is None or part.since < part.until:
                found.append(replace(part, **{name: value for name, value in said.items() if value is not None}))
    return found


def _sooner(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _compared(key: int, stored: Iterable[Stretch], said: Iterable[Stretch]) -> Iterator[str]:
    kept, told = set(stored), set(said)
    for one in sorted(kept - told, key=lambda one: (one.since, str(one))):
        words = {"member": key, "stretch": one, "event": one.event}
        yield _("Member %(member)s: the history has %(stretch)s (by %(event)s), its events do not") % words
    for one in sorted(told - kept, key=lambda one: (one.since, str(one))):
        words = {"member": key, "stretch": one, "event": one.event}
        yield _("Member %(member)s: the history has not %(stretch)s (by %(event)s), its events have") % words
