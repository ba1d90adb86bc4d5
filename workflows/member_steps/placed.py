"""Where a member is beside the own cell (one place at a time, or none), and from when a way of taking part holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.situation import Situation
from workflows.standings import Participation
from workflows.units import UnitView


@dataclass(frozen=True)
class Begins:
    """The first day of a way of taking part that was granted before it; up to then the member takes part as before, or as
    `meanwhile` says."""

    day: date
    meanwhile: Participation | None = None


class Placed:
    """The guest unit sees the person while the stay lasts; whatever ends the stay ends that too."""

    begins: Begins | None = None
    """Set by the step that runs: no timer moves anybody, the history holds from the day that the paper gives."""

    def _begins(self, situation: Situation, day: date | None, meanwhile: Participation | None = None) -> None:
        self.begins = Begins(day, meanwhile) if day is not None and day > situation.on else None

    guest_unit_id: int | None
    guest_path: str | None

    def _guest_of(self, unit: UnitView | None) -> None:
        self.guest_unit_id, self.guest_path = (unit.id, unit.path) if unit else (None, None)
