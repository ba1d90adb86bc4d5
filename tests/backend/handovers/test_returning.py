"""Somebody who left with a file comes back with one: the record that is here receives it, and the history stands beside."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core.errors import Refused, Unchanged
from backend.core.keyring import unseal
from backend.handovers.models import History, Line
from backend.members.models import Member
from tests.installations import ARRIVED, Installation, arrive, handed_over, on_the_way, person, proposed
from tests.roles import as_role
from tests.world import paper

pytestmark = [pytest.mark.real, pytest.mark.slow]
LEFT, BACK = date(2026, 11, 25), date(2026, 12, 1)
AGAIN: dict[str, Any] = {
    "on": BACK, "facts": {"notice_slip": paper(BACK, "9-PB"), "papers_handed_over": True},
}  # fmt: skip
CORRECTION: dict[str, Any] = {"reason": "Nhầm người", "paper": paper(BACK, "3-BB/ĐU")}


def there_and_back(home: Installation, away: Installation, **options: Any) -> tuple[int, str, str]:
    """The member's id at home, the file of the way out, and the one of the way back."""
    with home.here() as world:
        member = person(world, **options)
        case = on_the_way(world, member)
        out = handed_over(home, case).write()
        perform(world.actor("officer"), OnCase(case), "go_out", {"notice_slip": paper(ARRIVED, "7-PB")}, on=ARRIVED)
    away.trusts(home, "Tỉnh A")
    with away.here() as world:
        stay = Member.objects.get(pk=arrive(away, proposed(away, out))["member_id"])
        back = handed_over(away, on_the_way(world, stay, LEFT)).write()
    home.trusts(away, "Tỉnh B")
    return member.pk, out, back


def traces() -> tuple[Any, ...]:
    counts = [one.objects.count() for one in (Event, Case, History, Line)]
    return counts, sorted(Member.objects.values_list("pk", "standing", "version"))


def test_the_record_of_before_receives_the_person_and_the_history_of_the_time_between(
    sender: Installation, receiver: Installation
) -> None:
    """Our own log, which came along, is known by our own key and not kept twice."""
    member, _, back = there_and_back(sender, receiver)
    with sender.here() as world:
        done = arrive(sender, proposed(sender, back), **AGAIN)
        assert (done["member_id"], done["state"]) == (member, "received_back")
        home = Member.objects.get(pk=member)
        assert (home.standing, home.participation, home.left_on, home.unit_id) == (
            "official", "attending", None, world.cell.pk,
        )  # fmt: skip
        assert (unseal(home.note), Member.objects.count()) == ("Chuyện riêng của chi bộ", 1)
        (history,) = History.objects.all()
        assert (history.member_id, history.installation, bytes(history.public_key)) == (
            member, "Tỉnh B", receiver.public_key,
        )  # fmt: skip
        taken = Event.objects.get(code="handover.taken_in")
        assert (taken.uid, taken.cause, taken.member_id) == (history.event_uid, UUID(done["event"]), member)
        before = traces()
        with pytest.raises(Unchanged):
            arrive(sender, proposed(sender, back), **AGAIN)
        assert traces() == before
        assert list(replay()) == []


def test_only_in_the_cell_of_before_and_only_by_a_file_from_elsewhere(
    sender: Installation, receiver: Installation
) -> None:
    _, out, back = there_and_back(sender, receiver)
    with sender.here() as world:
        before = traces()
        with pytest.raises(Refused, match=r"handover\.other_cell"):
            arrive(sender, proposed(sender, back), **AGAIN, unit_id=world.other.pk)
        with pytest.raises(Refused, match=r"handover\.own_file"):
            proposed(sender, out)
        done = arrive(sender, proposed(sender, back), **AGAIN, rehearse=True)
        assert done["state"] == "received_back"
        assert traces() == before


def test_on_probation_the_review_goes_on_and_another_standing_is_refused(
    sender: Installation, receiver: Installation
) -> None:
    """Whom the record here calls official cannot come back on probation."""
    options = {"step": "import_probationary", "joined_on": "2026-03-02"}
    member, _, back = there_and_back(sender, receiver, **options)
    with sender.here():
        Member.objects.filter(pk=member).update(official_on=date(2026, 10, 1))
        before = traces()
        with pytest.raises(Refused, match=r"handover\.other_standing"):
            arrive(sender, proposed(sender, back), **AGAIN)
        assert traces() == before
        Member.objects.filter(pk=member).update(official_on=None)
        arrive(sender, proposed(sender, back), **AGAIN)
        assert Member.objects.get(pk=member).standing == "probationary"
        review = Case.objects.get(lifecycle="recognition", member_id=member)
        assert (review.state, review.facts["ceremony_on"]) == ("probation", "2026-03-02")


def test_a_mistake_is_voided_and_the_file_taken_in_anew(sender: Installation, receiver: Installation) -> None:
    member, _, back = there_and_back(sender, receiver)
    with sender.here() as world:
        done = arrive(sender, proposed(sender, back), **AGAIN)
        with as_role("chibo_app"):
            void(world.actor("committee"), UUID(done["event"]), **CORRECTION)
        assert Member.objects.get(pk=member).standing == "transferred_out"
        again = arrive(sender, proposed(sender, back), **AGAIN)
        assert (again["member_id"], Member.objects.get(pk=member).standing) == (member, "official")
        assert History.objects.count() == 1
        versions = Event.objects.filter(code="handover.taken_in").order_by("pk").values_list("version", flat=True)
        assert list(versions) == [1, 2]
        with pytest.raises(Unchanged):
            arrive(sender, proposed(sender, back), **AGAIN)
