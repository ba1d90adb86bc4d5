"""Noting a look, inside the transaction that reads: whoever reads without being noted does not read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import ResolverMatch

from backend.accounts.policy import Actor
from backend.core.db import execute, scoped
from backend.core.encoding import dumps
from workflows.purposes import Purpose, purposes_of

READING = frozenset({"GET", "HEAD"})
"""HEAD answers who is there, and how much: it is noted as GET is."""
HIDDEN = "…"
SAID_FREELY = frozenset({"q"})
"""Filters in which people write names and numbers: noted is that something was written, not what."""
OF_A_FILE = frozenset({"member_id", "case_id", "meeting_id", "deadline_id", "uid"})
"""What an address names a file by."""
_API, _CONVERTED = "api/v1/", re.compile(r"<\w+:(\w+)>")
_NOTE = "SELECT chibo_note_access(%s::jsonb)"
_NOTE_MET = "SELECT chibo_note_met(%s::jsonb, %s)"


@dataclass(frozen=True)
class Look:
    """What was looked at through which `door` (the address without its ids)."""

    door: str
    member_id: int | None = None
    case_id: int | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None


def door_of(match: ResolverMatch | None) -> str:
    """The name of the door that was opened: the API's as `members/{member_id}/`, a page's with `web/` before it."""
    if match is None:
        return ""
    route = _CONVERTED.sub(r"{\1}", match.route)
    return route.removeprefix(_API) if route.startswith(_API) else f"web/{route}"


def alone(people: Sequence[int]) -> int | None:
    """Whom rows are about that are one person's: finding somebody alone is a look at that record."""
    return people[0] if len(people) == 1 else None


def note(actor: Actor, look: Look, purpose: Purpose | None = None) -> None:
    """Write one row, under the scope of this transaction. Chibo and the operator at the server look without one."""
    if actor.is_person:
        execute(_NOTE, [dumps(_row(actor, look, purpose))], prepared=True)


def note_met(actor: Actor, look: Look, personal_id_index: bytes) -> None:
    """The same of whoever stands on a list with that id: the database knows who it is, and the actor need not."""
    if actor.is_person:
        execute(_NOTE_MET, [dumps(_row(actor, look, None)), personal_id_index], prepared=True)


def note_attempt(actor: Actor, match: ResolverMatch | None) -> None:
    """A look that was refused, in a transaction of its own: at which door, at the actor's own place, and nothing of the id. So
    the row is the same whether it is somebody's out of sight or nobody's."""
    if match is not None and OF_A_FILE.intersection(match.kwargs):
        with scoped(actor.path):
            note(actor, Look(door_of(match), count=0))


def _row(actor: Actor, look: Look, purpose: Purpose | None) -> dict[str, Any]:
    said = {name: HIDDEN if name in SAID_FREELY and value else value for name, value in look.filters.items()}
    return {
        "door": look.door, "member_id": look.member_id, "case_id": look.case_id, "filters": said, "count": look.count,
        "user_id": actor.user_id, "office": actor.office, "office_unit_id": actor.unit_id,
        "purpose": purpose or purposes_of(actor.office)[0],
    }  # fmt: skip
