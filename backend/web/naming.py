"""How pages name a unit."""

from __future__ import annotations

from backend.organizations.models import Unit


def named_unit(unit: Unit | None) -> str:
    """Name and code; nothing for a unit out of sight, or one that was taken back."""
    return f"{unit.name} ({unit.code})" if unit and unit.code else ""
