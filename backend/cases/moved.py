"""What a step moved of a member: whether somebody was entered or brought to another unit, days and places new and old."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from backend.cases.judging import MEMBER_DATES, MEMBER_FIGURES, MEMBER_OWN, Done


def has_moved(done: Done) -> bool:
    """Whether the step brought an entered member to another unit."""
    return bool(done.before) and not enters(done) and done.loaded.member.unit_id != done.before["unit_id"]


def enters(done: Done) -> bool:
    """Whether it put a person on the lists from nothing."""
    return done.is_new and done.loaded.case is None


def dates(done: Done) -> dict[str, Any]:
    """What a step moved of a member's dates and places, new (for a replay) and old (for a void); a first day (`Begins`)."""
    if enters(done):
        own = {name: getattr(done.loaded.member, name) for name in (*MEMBER_DATES, *MEMBER_FIGURES)}
        drawn = {
            name: _plain(value) for name, value in own.items() if value is not None and name not in done.situation.facts
        }
        return {"set": drawn} if drawn else {}  # from a paper's day: a fact of that name tells all others
    later = {"begins": given(asdict(done.begins) | {"day": done.begins.day.isoformat()})} if done.begins else {}
    member, before = done.loaded.member, done.before
    moved = [name for name in MEMBER_OWN if getattr(member, name) != before[name]]
    now = {name: _plain(getattr(member, name)) for name in moved}
    was = {name: _plain(before[name]) for name in moved}
    return ({"set": now, "was": was} if moved else {}) | later


def given(facts: dict[str, Any]) -> dict[str, Any]:
    """Without what was not told."""
    return {name: value for name, value in facts.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
