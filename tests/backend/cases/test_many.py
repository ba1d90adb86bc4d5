"""Many subjects in one go: an answer for each, the refused ones untouched; the month's meetings opened once."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.models import Event
from backend.cases.engine import OnMember, Order, perform_many
from backend.core.errors import NotFound, Refused
from backend.members.models import Member
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    return make_world()


def test_each_subject_gets_its_own_answer(world: World) -> None:
    here = world.members(2)
    elsewhere = world.member("Lê Văn Khác", unit=world.other)
    lapsed = world.member("Đỗ Thị Bỏ", participation="lapsed")
    facts = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    subjects = [here[0], elsewhere, lapsed, here[1]]
    orders = [Order(OnMember(one.pk), "record_lapse", ON, facts) for one in subjects]
    results = perform_many(world.actor("secretary"), orders)
    assert [type(one.error) for one in results] == [type(None), NotFound, Refused, type(None)]
    states = dict(Member.objects.values_list("pk", "participation"))
    assert [states[one.pk] for one in subjects] == ["lapsed", "attending", "lapsed", "lapsed"]
    assert [Member.objects.get(pk=one.pk).version for one in subjects] == [2, 1, 1, 2]
    assert Event.objects.filter(code="membership.lapsed").count() == 2


def test_second_order_about_one_member_is_refused(world: World) -> None:
    (member,) = world.members(1)
    facts = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    orders = [Order(OnMember(member.pk), "record_lapse", ON, facts)] * 2
    first, second = perform_many(world.actor("secretary"), orders)
    assert first.error is None
    assert isinstance(second.error, Refused)
    assert [one.code for one in second.error.answers] == ["engine.twice"]
    assert Member.objects.get(pk=member.pk).version == 2
