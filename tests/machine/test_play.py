"""Drills: the software is patched to do wrong, and the request in which it does is named; last, the machine finds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from backend.accounts.models import User
from backend.audit.models import Event
from backend.cases import correcting, emitting
from backend.cases import situation as reading
from backend.cases.changes import Changes
from backend.cases.engine import NewCase, OnCase, OnMember, Order
from backend.cases.orders import Result
from backend.core.errors import NotFound
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.backend.cases.test_leaving import ON, VOTES
from tests.backend.cases.test_perform import ballot
from tests.leaving import REQUEST
from tests.machine import play as playing
from tests.machine.pictures import not_given_back
from tests.machine.play import Broken, Play
from tests.machine.test_machine import SMALL, machine
from tests.realdb import RealDatabase
from tests.world import World, make_world, paper
from workflows.lifecycles.membership import Membership
from workflows.member_steps.placed import Placed
from workflows.situation import Situation

__all__ = ["machine"]
pytestmark = pytest.mark.real
DIED = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    return make_world()


@pytest.fixture
def break_it(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return monkeypatch.setattr


def die(play: Play, world: World, member: Member) -> Any:
    return play.ask(world.actor("secretary"), OnMember(member.pk), "record_death", DIED, ON)


def recognised(world: World, play: Play) -> Any:
    """A probationer of 30 October 2025 who is recognised on 2 November 2026."""
    people = world.members(6)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case, meeting = world.probation(new, date(2025, 10, 30)), world.meeting(people, ON)
    play.moved()
    told = {"resolution": paper(ON), "ballot": ballot(meeting, 6)}
    play.ask(world.actor("secretary"), OnCase(case.pk), "propose", told, ON)
    return play.ask(world.actor("officer"), OnCase(case.pk), "recognise", {"decision": paper(ON), **VOTES}, ON)


def test_nothing_is_broken_where_nothing_was_patched(world: World) -> None:
    """The control: the same requests as below, done, refused, asked twice, voided, many at once."""
    play, people = Play(), world.members(3)
    play.moved()
    done = recognised(world, play)
    assert play.void(world.actor("committee"), UUID(done["event"]), "Ghi nhầm", ON)
    assert die(play, world, people[0])
    assert die(play, world, people[0]) is None
    secretary, asked = world.actor("secretary"), NewCase("withdrawal", member_id=people[1].pk)
    assert play.ask_twice(secretary, asked, "request", REQUEST, ON)
    orders = [Order(NewCase("withdrawal", member_id=one.pk), "request", ON, REQUEST) for one in people]
    assert [one.outcome is not None for one in play.many(secretary, orders)] == [False, False, True]
    play.replayed()
    play.end()


def test_an_official_day_that_moves_with_late_recording_is_noticed(world: World, break_it: Any) -> None:
    right = Membership.recognise

    def from_the_decision(self: Any, situation: Situation) -> None:
        right(self, situation)
        self.official_on = situation.on

    break_it(Membership, "recognise", from_the_decision)
    with pytest.raises(Broken, match="the official day is the end of the twelve months"):
        recognised(world, Play())


def test_a_probationer_in_the_denominator_is_noticed(world: World, break_it: Any) -> None:
    wrong = reading._MEETING.replace("standing = 'official'", "standing IN ('official', 'probationary')")
    assert wrong != reading._MEETING
    break_it(reading, "_MEETING", wrong)
    with pytest.raises(
        Broken, match=r"only official members of the cell are in a denominator: .* 7 official, 7 counted"
    ):
        recognised(world, Play())


def test_a_removal_without_its_task_to_hand_over_is_noticed(world: World, break_it: Any) -> None:
    people, secretary = world.members(6), world.actor("secretary")
    meeting, play = world.meeting(people, ON), Play()
    ground = {"report": paper(ON), "ground": "card_given_up", "expulsion_due": False}
    case = OnCase(play.ask(secretary, NewCase("removal", member_id=people[0].pk), "open", ground, ON)["id"])
    play.ask(secretary, case, "file_self_review", {"self_review": paper(ON)}, ON)
    play.ask(secretary, case, "propose", {"resolution": paper(ON), "ballot": ballot(meeting, 6)}, ON)
    break_it(Changes, "open", lambda *args, **named: None)
    with pytest.raises(Broken, match=r"removal only on a ground.*removal\.decided, card_given_up, decided"):
        play.ask(world.actor("committee"), case, "decide", {"decision": paper(ON), **VOTES}, ON)


def test_a_state_without_its_history_is_noticed(world: World, break_it: Any) -> None:
    member, play = world.member("Nguyễn Văn Xưa"), Play()
    break_it(Changes, "turn", lambda *args, **named: None)
    with pytest.raises(Broken, match=r"one official unit on every day .* stands as deceased"):
        die(play, world, member)


def test_a_guest_who_left_is_noticed(world: World, break_it: Any) -> None:
    """As it was before the machine found it: who died while staying elsewhere was still seen there."""
    member, play = world.member("Nguyễn Văn Khách"), Play()
    stays(world, play, member, "secretary", world.other)
    break_it(Placed, "_guest_of", lambda self, unit: None)
    with pytest.raises(Broken, match=r"a guest is somebody on the way .* deceased, elsewhere"):
        die(play, world, member)


def stays(world: World, play: Play, member: Member, secretary: str, at: Unit) -> None:
    stay = {"request": paper(ON), "purpose": "work", "from_on": "2026-11-10", "away_until": "2027-05-31",
            "to_unit": at.code}  # fmt: skip
    target = NewCase("temporary_transfer", member_id=member.pk)
    case = play.ask(world.actor(secretary), target, "ask", stay, ON)["id"]
    papers = {"introduction": paper(ON), "self_review": paper(ON), "papers_handed_over": True, "dues_settled": True}
    assert play.ask(world.actor("officer"), OnCase(case), "introduce", papers, ON)


def test_a_line_that_says_otherwise_than_the_row_is_noticed(world: World, break_it: Any) -> None:
    play = Play()
    break_it(emitting, "dates", lambda done: {})
    recognised(world, play)
    with override("en"), pytest.raises(Broken, match="official_on is 2026-10-30, its events say nothing"):
        play.replayed()


def test_a_void_that_gives_not_everything_back_is_noticed(world: World, break_it: Any) -> None:
    play = Play()
    done = recognised(world, play)
    event = Event.objects.get(cause=done["event"], subject_kind="member")
    break_it(correcting, "_restore_member", lambda member, event, today, changes: changes.stand(member, placed=False))
    with pytest.raises(Broken, match=r"official day|did not give back") as caught:
        play.void(world.actor("committee"), UUID(done["event"]), "Ghi nhầm", ON)
    assert str(event.subject_id) in str(caught.value)


@pytest.mark.parametrize(("before", "after", "then", "now", "wrong"), [
    ({1: "a"}, {1: "b"}, {1: "b"}, {1: "a"}, False),
    ({1: "a"}, {1: "b"}, {1: "b"}, {1: "b"}, True),
    ({1: "a"}, {1: "b"}, {1: "c"}, {1: "c"}, False),  # somebody else was at it since
    ({}, {1: "b"}, {1: "b"}, {1: ""}, False),  # what was not there before stands nowhere
    ({}, {1: "b"}, {1: "b"}, {1: "b"}, True),
    ({1: "a"}, {1: "a"}, {1: "c"}, {1: "c"}, False),
    ({1: "a"}, {1: "a"}, {1: "c"}, {1: "a"}, True),  # the void touched what the step had not
])  # fmt: skip
def test_what_a_void_has_to_give_back(before: Any, after: Any, then: Any, now: Any, wrong: bool) -> None:
    pictures = [{("case", key): (word,) for key, word in one.items()} for one in (before, after, then, now)]
    assert bool(not_given_back(*pictures)) is wrong


def test_a_refusal_that_writes_is_noticed(world: World, break_it: Any) -> None:
    member, play = world.member("Nguyễn Văn Nguyên"), Play()

    def write_and_refuse(*args: Any, **named: Any) -> None:
        User.objects.filter(username="auditor").update(full_name="x")
        raise NotFound

    break_it(playing, "perform", write_and_refuse)
    with pytest.raises(Broken, match=r"what was refused \(.*\) has written: accounts_user"):
        die(play, world, member)


def test_a_step_that_could_not_be_taken_and_was_is_noticed(world: World) -> None:
    member, play = world.member("Nguyễn Văn Bị Từ Chối"), Play()
    with pytest.raises(Broken, match=r"cannot be taken, it was said \(\['x'\]\), and then: done"):
        play.ask(world.actor("secretary"), OnMember(member.pk), "record_death", DIED, ON, unless={"x"})


def test_an_order_of_many_that_is_done_and_not_told_is_noticed(world: World, break_it: Any) -> None:
    people, play, right = world.members(2), Play(), playing.perform_many

    def forget_one(actor: Any, orders: Any) -> list[Result]:
        return right(actor, orders)[1:]

    break_it(playing, "perform_many", forget_one)
    orders = [Order(NewCase("withdrawal", member_id=one.pk), "request", ON, REQUEST) for one in people]
    with pytest.raises(Broken, match="1 orders were done, the log has 2"):
        play.many(world.actor("secretary"), orders)


@pytest.mark.slow
@pytest.mark.nightly
def test_the_machine_finds_by_itself_what_the_software_does_wrong(machine: Any, break_it: Any) -> None:
    """Somebody no longer attends and the member's history does not say so; nobody tells the machine where to look."""
    right = Changes.turn

    def not_away(self: Changes, member: Any, *args: Any, **named: Any) -> None:
        if named["fields"].get("participation", "attending") == "attending":
            right(self, member, *args, **named)

    break_it(Changes, "turn", not_away)
    search = settings(SMALL, phases=[Phase.generate])
    with pytest.raises(Broken, match=r"one official unit on every day .* stands as"):
        run_state_machine_as_test(machine, settings=search)
