"""The arithmetic of a roll call while it is made: how many came of those who were to come, and what a vote is measured by."""

from __future__ import annotations

from dataclasses import dataclass

from backend.cases.rolls import roll_called
from backend.core.errors import Refused
from backend.web.meetings.sheet import STEPS, Sheet, read
from workflows import law
from workflows.guards.measuring import POLICIES, retold
from workflows.voting import Presence

VOTE = "ADM.CELL_VOTE"
"""The threshold that most resolutions of a cell are measured by: two thirds of the official members who count."""
OUTSIDE = {Presence.AWAY, Presence.EXEMPT, Presence.SUSPENDED}


@dataclass(frozen=True)
class Reckoned:
    """`present` of `wanted` of the cell's own came, who has no word yet being wanted; `vote` is the sum of a vote's base
    with the part that must agree."""

    present: int
    wanted: int
    unsaid: int
    vote: str


def reckon(sheet: Sheet) -> Reckoned | None:
    """Of what is chosen so far; None where the meeting is recorded. Must run inside the actor's transaction."""
    if "roll" not in sheet.parts:
        return None
    called = sheet.roll()
    own = [called.get(str(one.id), "") for one in sheet.people if not one.guest]
    try:
        day = read(STEPS["hold"].facts[0], sheet.form.raw()) if sheet.data is not None else sheet.request.today
    except Refused:
        day = sheet.request.today
    roll = roll_called(sheet.case.unit_id, day, {int(key): word for key, word in called.items()})
    versions = {name: law.rule(name, day).version for name in (VOTE, *POLICIES)}
    measured = retold({"roll": vars(roll), "issued": 0}, versions, VOTE)
    return Reckoned(
        own.count(Presence.PRESENT), sum(word not in OUTSIDE for word in own), len(sheet.people) - len(called),
        f"{measured.sum}; {measured.share}",
    )  # fmt: skip
