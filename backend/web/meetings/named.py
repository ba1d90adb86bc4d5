"""Who stands on the sheet of a meeting: in the roll, and in the list of dues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.dues import Status
from workflows.voting import Presence

OWED = (Status.OPEN, Status.UNPAID)


@dataclass(frozen=True)
class Person:
    """Somebody whom the roll calls. `words` are the answers offered, `word` the one that is chosen (empty: none yet)."""

    id: int
    name: str
    guest: bool
    words: Sequence[Presence]
    word: str


@dataclass(frozen=True)
class Payer:
    """Somebody in the cell's sheet of dues; `owes`: can be ticked. `version` is that of the entry looked at."""

    id: int
    name: str
    status: Status
    owes: bool
    version: int
    ticked: bool
