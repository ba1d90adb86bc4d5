"""A bulk step over two connections: its chunks are locked, written and committed in their order, or not at all."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from backend.audit.models import Event
from backend.cases import engine
from backend.cases.engine import OnMember, Order, perform_many
from backend.cases.lanes import Enter, Stage, in_order
from backend.core.errors import Refused
from backend.members.models import Member
from tests.realdb import RealDatabase
from tests.world import World, make_world, paper

pytestmark = pytest.mark.real
ON = date(2026, 11, 2)
FACTS = {"resolution": paper(ON), "ground": "meetings", "months": 3}


@pytest.fixture
def world(committed_db: RealDatabase, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(engine, "CHUNK", 2)
    return make_world()


def lapse(members: list[Member]) -> list[Order]:
    return [Order(OnMember(one.pk), "record_lapse", ON, FACTS) for one in members]


def test_chunks_of_one_cell_are_committed_in_their_order(world: World) -> None:
    members = world.members(7)
    results = perform_many(world.actor("secretary"), lapse(members))
    assert [one.outcome and one.outcome.id for one in results] == [one.pk for one in members]
    events = Event.objects.filter(code="membership.lapsed").order_by("id")
    assert list(events.values_list("member_id", flat=True)) == [one.pk for one in members]
    assert set(Member.objects.values_list("participation", flat=True)) == {"lapsed"}


def test_later_chunk_sees_what_an_earlier_one_did_to_the_same_member(world: World) -> None:
    first, *others = world.members(4)
    results = perform_many(world.actor("secretary"), lapse([first, *others, first]))
    assert [one.error is None for one in results] == [True, True, True, True, False]
    assert isinstance(results[-1].error, Refused)
    assert [one.code for one in results[-1].error.answers] == ["engine.wrong_state"]
    assert Event.objects.filter(member_id=first.pk, code="membership.lapsed").count() == 1


def test_after_a_chunk_that_fails_no_later_one_is_committed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    members = world.members(8)
    judge = engine.judge

    def fail_on_the_fourth(actor: object, order: Order, *rest: object) -> object:
        if order.target == OnMember(members[3].pk):
            raise RuntimeError("the fourth")
        return judge(actor, order, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "judge", fail_on_the_fourth)
    with pytest.raises(RuntimeError, match="the fourth"):
        perform_many(world.actor("secretary"), lapse(members))
    states = [Member.objects.get(pk=one.pk).participation for one in members]
    assert states == ["lapsed", "lapsed"] + ["attending"] * 6
    assert Event.objects.filter(code="membership.lapsed").count() == 2
    monkeypatch.undo()
    assert all(one.error is None for one in perform_many(world.actor("secretary"), lapse(members[2:])))


@pytest.mark.usefixtures("committed_db")
def test_a_chunk_is_judged_while_the_one_before_is_written() -> None:
    judged = threading.Event()
    seen: list[tuple[int, Stage]] = []

    def work(place: int, enter: Enter) -> bool:
        for stage in (Stage.LOCK, Stage.JUDGE):
            enter(stage)
            seen.append((place, stage))
        if place == 1:
            judged.set()
        enter(Stage.WRITE)
        seen.append((place, Stage.WRITE))
        at_once = judged.wait(10)
        enter(Stage.COMMIT)
        seen.append((place, Stage.COMMIT))
        return at_once

    assert in_order([0, 1, 2], work) == [True, True, True]
    for stage in (Stage.LOCK, Stage.JUDGE, Stage.WRITE, Stage.COMMIT):
        assert [place for place, at in seen if at == stage] == [0, 1, 2]
    assert seen.index((1, Stage.JUDGE)) < seen.index((0, Stage.COMMIT)) < seen.index((1, Stage.COMMIT))
