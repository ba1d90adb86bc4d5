"""How pages name a unit, and a case by its number."""

from __future__ import annotations

from backend.accounts.policy import Actor
from backend.organizations.models import Unit

NOBODY = frozenset({"root", "operator", "chibo", "Chibo"})
"""Names that the log keeps of a server's account, or of the program: the office beside them says all there is."""


def own_name(name: str) -> str:
    """A person's name; nothing for what is none."""
    return "" if name in NOBODY else name


def named_unit(unit: Unit | None) -> str:
    """Name and code; nothing for a unit out of sight, or one that was taken back."""
    return f"{unit.name} ({unit.code})" if unit and unit.code else ""


def named_case(actor: Actor, number: str, unit: Unit | None) -> str:
    """The number of a case, with the name of its unit for whoever looks from elsewhere: every cell counts its own cases."""
    return f"{number}, {unit.name}" if unit is not None and unit.pk != actor.unit_id else number
