"""Where a member is beside the own cell: one place at a time, or none."""

from __future__ import annotations

from workflows.units import UnitView


class Placed:
    """The guest unit sees the person while the stay lasts; whatever ends the stay ends that too."""

    guest_unit_id: int | None
    guest_path: str | None

    def _guest_of(self, unit: UnitView | None) -> None:
        self.guest_unit_id, self.guest_path = (unit.id, unit.path) if unit else (None, None)
