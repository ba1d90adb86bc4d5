"""Two records of one person, field by field: what they say differently, and what one can add to the other."""

from __future__ import annotations

from typing import Any

from backend.core.keyring import unseal
from backend.members.completing import FIELDS
from backend.members.models import Member
from backend.members.protected import INDEXED

_NAMES = ("full_name", "other_name", "born_on")


def differing(kept: Member, gone: Member) -> tuple[str, ...]:
    """Names of the fields in which both records say something, and not the same."""
    pairs = ((name, _said(kept, name), _said(gone, name)) for name in (*_NAMES, *FIELDS))
    return tuple(name for name, here, there in pairs if here and there and here != there)


def additions(kept: Member, gone: Member) -> dict[str, Any]:
    """Columns of Member that `kept` leaves empty and `gone` fills, as `completing.fill` takes them."""
    names = [name for name in FIELDS if not _said(kept, name) and _said(gone, name)]
    names += [INDEXED[name] for name in names if name in INDEXED]
    return {name: getattr(gone, name) for name in names}


def _said(member: Member, name: str) -> Any:
    """What a field says; of a value kept sealed its index, or the value itself where it has none."""
    value = getattr(member, INDEXED.get(name, name))
    sealed = isinstance(value, bytes | memoryview)
    return (unseal(value) if sealed and name not in INDEXED else bytes(value)) if sealed else value
