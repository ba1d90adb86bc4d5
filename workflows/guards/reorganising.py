"""Guards of a merger or division: who goes along to the other cell at once, with everything about the person."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.guards.moving import TO
from workflows.offices import Level
from workflows.situation import Situation
from workflows.standings import MEMBERS, Participation


def to_a_cell(situation: Situation) -> Refusal | None:
    """People stand on a cell's lists, not on a committee's."""
    code, there = situation.facts.get(TO), situation.named(TO)
    if code is None or there is None or there.level == Level.CELL:
        return None
    return Refusal(
        "transfer.not_a_cell", gettext_noop("%(code)s is a committee; people go along to a cell."),
        {"code": code}, fact=TO, remedy=gettext_noop("Name the cell by its code."),
    )  # fmt: skip


def within_reach(situation: Situation) -> Refusal | None:
    """Nobody puts a person on the list of a cell that the own office does not look after."""
    there = situation.named(TO)
    if there is None or situation.oversees(there.path):
        return None
    return Refusal(
        "transfer.beyond_reach", gettext_noop("The cell named lies outside what this office looks after."), fact=TO,
        remedy=gettext_noop("The committee above both cells records it: inside one base organisation its committee."),
    )  # fmt: skip


def nowhere_between(situation: Situation) -> Iterator[Refusal]:
    """Whoever is on the way is another cell's matter until the transfer is over; a guest of the new cell is there already.

    The record of whoever arrived elsewhere, or left while on the way, says so for good: the road has ended all the same.
    """
    member = situation.member
    on_the_way = member.participation == Participation.IN_TRANSIT and member.standing in MEMBERS
    if on_the_way or situation.open_cases("transfer"):
        yield Refusal(
            "transfer.on_the_way", gettext_noop("An official transfer of this person is under way."),
            remedy=gettext_noop("Bring it to its end, or call it off; then let the person go along."),
        )  # fmt: skip
    named = situation.facts.get(TO)
    stays = situation.cases("temporary_transfer") if named else []
    if any(one.closed_on is None and one.facts.get(TO) == named for one in stays):
        yield Refusal(
            "transfer.guest_there", gettext_noop("The person is introduced to that cell for a time already."),
            remedy=gettext_noop("End the temporary transfer first (back from it, or turned into an official one)."),
        )  # fmt: skip


def decided_above_both(situation: Situation) -> Refusal | None:
    """A whole cell is handed over by a committee above both places; out of the last one here, by the highest."""
    there = situation.named(TO)
    if there is None and situation.facts.get(TO):
        return None  # said by `somewhere_to_go`
    if situation.oversees(there.path) if there else situation.acts_at(Level.PROVINCE):
        return None
    return Refusal(
        "transfer.out_of_reach", gettext_noop("The cell leaves the committee that acts here."), fact=TO,
        remedy=gettext_noop("The committee above both places decides and records this."),
    )  # fmt: skip
