"""Dividing a cell: a new one beside it on a day, and who goes along to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.audit.models import Event
from backend.cases.dividing import divide, rehearse_division
from backend.cases.engine import NewCase, perform
from backend.cases.models import Case
from backend.core.errors import NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from backend.organizations.models import Unit
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper
from workflows.offices import Level

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
NEW = {"code": "87.107.000.000.009", "name": "Chi bộ ấp Chín"}
DECISION = paper(date(2026, 10, 26), "16-QĐ/ĐU")


@pytest.fixture
def world() -> World:
    return make_world()


def divided(world: World, *members: Member, who: str = "officer", act: Any = divide, **asked: Any) -> dict[str, Any]:
    given: dict[str, Any] = {**NEW, "members": [one.pk for one in members], "paper": DECISION, "on": ON, **asked}
    with as_role("chibo_app"):
        answer: dict[str, Any] = act(world.actor(who), world.cell.pk, **given)
    return answer


def counts() -> tuple[int, ...]:
    return tuple(one.objects.count() for one in (Event, Case, Spell, Unit, Deadline))


def refused(world: World, *members: Member, **asked: Any) -> list[tuple[str, str]]:
    before = counts()
    with pytest.raises(Refused) as caught:
        divided(world, *members, **asked)
    assert counts() == before
    return [(one.code, one.fact) for one in caught.value.answers]


def test_a_cell_is_opened_beside_it_and_those_chosen_go_along(world: World) -> None:
    stays = [world.member(f"Người Ở {letter}") for letter in "ABC"]
    goes = [world.member("Nguyễn Văn Đi"), world.member("Lê Thị Đi", "import_candidate")]
    answer = divided(world, *goes)
    new = Unit.objects.get(code=NEW["code"])
    assert (new.name, new.level, new.parent_id, new.opened_on) == (NEW["name"], Level.CELL, world.commune.pk, ON)
    assert (answer["opened"], answer["new"], [one["done"] for one in answer["people"]]) == (True, new.pk, [True, True])
    assert answer["official"] == {str(world.cell.pk): 3, str(new.pk): 1}
    assert answer["least"] == 3
    assert set(Member.objects.filter(unit_id=new.pk).values_list("pk", flat=True)) == {one.pk for one in goes}
    assert set(Member.objects.filter(unit_id=world.cell.pk).values_list("pk", flat=True)) == {one.pk for one in stays}
    opened = Event.objects.get(code="unit.opened", subject_id=new.pk)
    assert opened.facts == {
        "code": NEW["code"], "level": "cell", "parent": world.commune.pk, "from": world.cell.pk,
        "reorganisation": {"kind": "reorganisation_decision", "date": "2026-10-26"},
    }  # fmt: skip
    short = Deadline.objects.filter(subject_kind="unit", rule_id="TASK.REINFORCE_CELL", status="open")
    assert list(short.values_list("subject_id", flat=True)) == [new.pk], "one official member where three are needed"
    assert replayed() == []


def test_done_again_the_cell_is_not_opened_twice_and_others_go_there(world: World) -> None:
    first, second = world.members(2)
    new = divided(world, first)["new"]
    again = divided(world, second)
    assert (again["new"], again["opened"]) == (new, False)
    assert Member.objects.filter(unit_id=new).count() == 2
    assert refused(world, second) == [("division.strangers", "members")]


def test_where_nobody_can_go_along_no_cell_is_opened(world: World) -> None:
    member = world.member("Nguyễn Văn An")
    facts = {"ground": "residence", "ground_paper": paper(ON), "effective_on": ON.isoformat(), "place": "Tỉnh khác"}
    perform(world.actor("secretary"), NewCase("transfer", member_id=member.pk), "ask", facts, on=ON)
    before = counts()
    answer = divided(world, member)
    assert [said["code"] for said in answer["people"][0]["said"]] == ["transfer.on_the_way", "engine.already_open"]
    assert (answer["new"], answer["opened"]) == (None, False)
    assert counts() == before


def test_a_rehearsal_leaves_nothing(world: World) -> None:
    members = world.members(2)
    before = counts()
    said = divided(world, *members, act=rehearse_division)
    assert ([one["done"] for one in said["people"]], counts()) == ([True, True], before)


def test_all_that_speaks_against_it_is_said_at_once(world: World) -> None:
    one, stranger = world.member("Nguyễn Văn An"), world.member("Lê Văn Lạ", unit=world.other)
    assert refused(world, on=date(2026, 11, 3)) == [("day.ahead", "on"), ("division.nobody", "members")]
    assert refused(world, one, stranger) == [("division.strangers", "members")]
    assert refused(world, one, code=world.other.code) == [("unit.code_taken", "code")]
    assert refused(world, one, code="x", name="") == [("unit.bad_code", "code"), ("unit.no_name", "name")]
    assert refused(world, one, paper={"number": "1", "issuer": "Đảng ủy", "date": "2026-11-03"}) == [
        ("day.fact_ahead", "reorganisation"), ("paper.dated_later", "reorganisation"),
    ]  # fmt: skip
    before = counts()
    with pytest.raises(NotPermitted):
        divided(world, one, who="secretary")
    with pytest.raises(Refused) as caught:
        divide(world.actor("province"), world.commune.pk, **NEW, members=[one.pk], paper=DECISION, on=ON)
    assert [answer.code for answer in caught.value.answers] == ["division.committee"]
    assert counts() == before
