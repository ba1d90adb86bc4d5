"""From one installation to a second and on to a third: the third checks every log, each under its own key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from backend.audit.erasing import erase
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.core.errors import Refused
from backend.handovers.checking import check
from backend.handovers.form import read
from backend.handovers.histories import first_fault
from backend.handovers.models import History, LineDetail
from backend.members.models import Member
from tests.installations import (
    ARRIVED,
    Installation,
    arrive,
    handed_over,
    installation,
    on_the_way,
    person,
    proposed,
)
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import paper

pytestmark = [pytest.mark.real, pytest.mark.slow]
LEFT = date(2026, 11, 25)
AGAIN = {
    "on": date(2026, 12, 1),
    "facts": {"notice_slip": paper(date(2026, 12, 1), "9-PB"), "papers_handed_over": True},
}


@pytest.fixture
def third(another_db: Callable[[], RealDatabase]) -> Installation:
    return installation(another_db(), 3)


@pytest.fixture
def handed_on(sender: Installation, receiver: Installation) -> str:
    """The file that the second installation makes of somebody who came from the first one."""
    with sender.here() as world:
        case = on_the_way(world, person(world))
        text = handed_over(sender, case).write()
        told = {"notice_slip": paper(ARRIVED, "7-PB")}
        perform(world.actor("officer"), OnCase(case), "go_out", told, on=ARRIVED)
        assert Member.objects.get().standing == "transferred_out"
    receiver.trusts(sender, "Tỉnh A")
    with receiver.here() as world:
        done = arrive(receiver, proposed(receiver, text))
        member = Member.objects.get(pk=done["member_id"])
        return handed_over(receiver, on_the_way(world, member, LEFT)).write()


def test_both_histories_go_along_and_are_shown_apart(
    sender: Installation, receiver: Installation, third: Installation, handed_on: str
) -> None:
    third.trusts(receiver, "Tỉnh B")
    with third.here(), pytest.raises(Refused, match=r"handover\.unknown_key"):
        proposed(third, handed_on)
    third.trusts(sender, "Tỉnh A")
    with third.here():
        proposal = proposed(third, handed_on)
        assert (proposal.standing, proposal.facts["joined_on"], proposal.facts["official_on"]) == (
            "official", "2015-01-05", "2016-01-05",
        )  # fmt: skip
        done = arrive(third, proposal, **AGAIN)
        kept = History.objects.filter(member_id=done["member_id"]).order_by("id")
        assert [(one.installation, one.lines.count()) for one in kept] == [("Tỉnh A", 6), ("Tỉnh B", 6)]
        assert [first_fault(one) for one in kept] == [None, None]
        codes = [line.event.code for line in proposal.checked.own.lines]
        assert codes == [
            "membership.received_new_official", "transfer.asked", "transfer.checked", "transfer.introduced",
            "membership.left_for_another_cell", "handover.issued",
        ]  # fmt: skip


def test_what_was_erased_on_the_way_is_missing_and_the_rest_holds(
    sender: Installation, receiver: Installation, third: Installation, handed_on: str
) -> None:
    with receiver.here() as world:
        member = History.objects.get().member_id
        with as_role("chibo_owner"):
            erase(world.actor("officer").who(), "Theo yêu cầu", member_id=member)
        later = handed_over(receiver, Case.objects.get(lifecycle="transfer").pk).write()
    third.trusts(receiver, "Tỉnh B")
    third.trusts(sender, "Tỉnh A")
    with third.here():
        proposal = proposed(third, later)
        assert [sum(line.told is not None for line in log.lines) for log in proposal.checked.file.logs] == [0, 0]
        facts = {
            **AGAIN["facts"],
            "introduction": paper(LEFT, "15-GGT"),
        }  # its number was erased: a person reads it off
        arrive(third, proposal, on=AGAIN["on"], facts=facts)
        assert not LineDetail.objects.exists()


def test_an_earlier_history_is_bound_by_the_one_that_hands_it_on(
    sender: Installation, receiver: Installation, handed_on: str
) -> None:
    """Taken out, or told less of: every line that is left is true, and the sender's list says no."""
    lines = handed_on.splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith('{"log"')]
    cut = "\n".join([*lines[: heads[0]], *lines[heads[1] :]])
    less = "\n".join(line if number != 3 else _untold(line) for number, line in enumerate(lines))
    keys = {sender.public_key: "Tỉnh A", receiver.public_key: "Tỉnh B"}
    assert check(read(handed_on), keys).installations == ("Tỉnh A", "Tỉnh B")
    for text in (cut, less):
        with pytest.raises(Refused) as caught:
            check(read(text), keys)
        assert [(one.code, one.params["line"]) for one in caught.value.answers] == [("handover.earlier", 3)]


def _untold(line: str) -> str:
    start = line.index('"told":')
    return f'{line[:start]}"told":null}}'
