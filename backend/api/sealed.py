"""How values that are kept sealed are shown: opened, or masked."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.core.keyring import unseal

SHOWN = 3
"""So many of the last characters of a masked value are shown."""


class OpenedField(serializers.CharField):
    """A value that is kept sealed; empty where nothing is said."""

    def get_attribute(self, instance: Any) -> Any:
        kept: Any = super().get_attribute(instance)  # the stubs know of no bytes
        return unseal(kept)


def masked(value: str) -> str:
    """Enough to tell two values apart by eye, not enough to use one."""
    return "•" * max(len(value) - SHOWN, 0) + value[-SHOWN:] if value else ""
