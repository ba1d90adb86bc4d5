"""Who stands on the sheet of a meeting, in the roll and in the list of dues; and which of its steps it may still take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.dues.ledger import Line
from workflows.dues import Status
from workflows.lifecycles.meeting import Meeting
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
    """Somebody in the cell's sheet of dues; `owes`: can be ticked; `stands`: an entry that can be taken back. `version` is that
    of the entry looked at."""

    id: int
    name: str
    status: Status
    owes: bool
    version: int
    ticked: bool
    stands: bool
    paid_on: date | None = None


def payer(line: Line, looked_at: int | None, *, ticked: bool) -> Payer:
    """`looked_at` is the version with which a form was opened: whoever was overtaken sees what stands, and ticks no more."""
    owes = line.status in OWED or (ticked and looked_at in {None, line.version})
    return Payer(line.member_id, line.name or "", line.status, owes, line.version, ticked, line.mine, line.paid_on)


def open_at(state: str) -> dict[str, bool]:
    """Whether a meeting that stands there is still to be recorded as held, and its minutes to be filed."""
    before = state in {one.value for one in Meeting.BEFORE}
    return {"roll": before, "paper": before or state == Meeting.State.HELD}
