"""Units with what stands above them, and what each has settled for itself (`Unit.settings`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from backend.organizations.models import Unit

Kept = Mapping[str, Any]


def chains(units: Iterable[Unit]) -> dict[int, list[int]]:
    """By id of a unit, the ids from the root down to it."""
    return {unit.pk: [int(key) for key in unit.path.strip("/").split("/")] for unit in units}


def kept(chains: Mapping[int, list[int]]) -> dict[int, Kept]:
    """By id, what the units of the chains have settled; without those that have nothing."""
    wanted = {key for chain in chains.values() for key in chain}
    return dict(Unit.objects.filter(pk__in=wanted).exclude(settings={}).values_list("pk", "settings"))


def a_day(text: str | None) -> Any:
    """A day as it is kept; None where there is none."""
    return date.fromisoformat(text) if text else None
