"""Noting a look, inside the transaction that reads: whoever reads without being noted does not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.policy import Actor
from backend.core.db import execute
from backend.core.encoding import dumps
from workflows.purposes import Purpose, purposes_of

HIDDEN = "…"
SAID_FREELY = frozenset({"q"})
"""Filters in which people write names and numbers: noted is that something was written, not what."""
_NOTE = "SELECT chibo_note_access(%s::jsonb)"


@dataclass(frozen=True)
class Look:
    """What was looked at through which `door` (the address without its ids)."""

    door: str
    member_id: int | None = None
    case_id: int | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None


def alone(people: Sequence[int]) -> int | None:
    """Whom rows are about that are one person's: finding somebody alone is a look at that record."""
    return people[0] if len(people) == 1 else None


def note(actor: Actor, look: Look, purpose: Purpose | None = None) -> None:
    """Write one row, under the scope of this transaction. Chibo and the operator at the server look without one."""
    if not actor.is_person:
        return
    said = {name: HIDDEN if name in SAID_FREELY and value else value for name, value in look.filters.items()}
    row = {
        "door": look.door, "member_id": look.member_id, "case_id": look.case_id, "filters": said, "count": look.count,
        "user_id": actor.user_id, "office": actor.office, "office_unit_id": actor.unit_id,
        "purpose": purpose or purposes_of(actor.office)[0],
    }  # fmt: skip
    execute(_NOTE, [dumps(row)], prepared=True)
