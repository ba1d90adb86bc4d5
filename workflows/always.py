"""Guards that no page can forget: they follow from the kinds of facts that a step asks for, and from who decides.

Those that follow from what the page is about are in `vocabulary`.
"""

from __future__ import annotations

from workflows.facts import Fact, MemberRef
from workflows.guards.days import nothing_ahead
from workflows.guards.own import not_oneself
from workflows.guards.people import another_than
from workflows.guards.votes import ballot_adds_up, ballot_of_a_held_meeting
from workflows.offices import Right
from workflows.situation import Guard
from workflows.voting import Ballot

DECIDES_ON_WHOM_IT_NAMES = {Right.RECORD_DECISION, Right.MERGE}
"""Rights by which the people that a fact names are decided on: appointed, or merged with another record."""


def always(asked: tuple[Fact, ...], by: Right, apart_from: tuple[str, ...]) -> tuple[Guard, ...]:
    """No day ahead, no ballot that was not taken or does not add up, nobody deciding on themselves, four eyes."""
    votes = [
        guard for fact in asked if isinstance(fact, Ballot)
        for guard in (ballot_of_a_held_meeting(fact.name), ballot_adds_up(fact))
    ]  # fmt: skip
    named = [fact.name for fact in asked if isinstance(fact, MemberRef)] if by in DECIDES_ON_WHOM_IT_NAMES else []
    four_eyes = (another_than(*apart_from),) if apart_from else ()
    return (nothing_ahead(asked), *votes, *map(not_oneself, named), *four_eyes)
