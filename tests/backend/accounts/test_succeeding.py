"""An office passes to a successor on a day: both entries or neither, and never two holders of one seat."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.assigning import _overlap
from backend.accounts.models import Assignment, User
from backend.accounts.succeeding import succeed
from backend.audit.models import Event
from backend.core.errors import NotFound, NotPermitted, Refused, Unchanged
from tests.roles import as_role
from tests.world import BEGUN, World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
ON, EVE = date(2026, 11, 2), date(2026, 11, 1)


@pytest.fixture
def world() -> World:
    world = make_world()
    world.actors["admin"] = person("admin", Office.ADMINISTRATOR, world.commune)
    User.objects.create(username="new", full_name="Người mới", email="new@example.org")
    return world


def passed(world: World, who: str = "secretary", by: str = "new", on: date = ON, actor: str = "admin") -> Assignment:
    key = world.actor(who).assignment_id or 0
    with as_role("chibo_app"):
        return succeed(world.actor(actor), key, User.objects.get(username=by), on=on)


def holders(world: World, office: str = "cell_secretary") -> list[tuple[str, date, date | None]]:
    rows = Assignment.objects.filter(unit=world.cell, office=office).order_by("from_date", "id")
    return [(one.user.username, one.from_date, one.to_date) for one in rows]


def refused(world: World, **asked: object) -> list[tuple[str, str]]:
    before = holders(world), Event.objects.count()
    with pytest.raises(Refused) as caught:
        passed(world, **asked)  # type: ignore[arg-type]
    assert (holders(world), Event.objects.count()) == before
    return [(one.code, one.fact) for one in caught.value.answers]


def test_one_holds_it_up_to_the_day_before_and_the_other_from_the_day_on(world: World) -> None:
    ended = passed(world)
    assert holders(world) == [("secretary", BEGUN, EVE), ("new", ON, None)]
    told = Event.objects.filter(subject_kind="assignment").order_by("-id")[:2]
    assert [(one.code, one.on_date, one.office) for one in told] == [
        ("assignment.given", ON, "administrator"), ("assignment.ended", EVE, "administrator"),
    ]  # fmt: skip
    assert (ended.pk, ended.to_date) == (world.actor("secretary").assignment_id, EVE)
    before = Event.objects.count()
    with pytest.raises(Unchanged):
        passed(world)
    assert Event.objects.count() == before


def test_it_may_be_known_ahead(world: World) -> None:
    passed(world, on=date(2026, 12, 1))
    assert holders(world) == [("secretary", BEGUN, date(2026, 11, 30)), ("new", date(2026, 12, 1), None)]


def test_what_speaks_against_it_leaves_both_as_they_were(world: World) -> None:
    assert refused(world, by="secretary") == [("office.to_the_same", "username")]
    assert refused(world, on=BEGUN) == [("office.not_then", "on")]
    passed(world, on=date(2026, 11, 20))
    assert refused(world, on=date(2026, 12, 1)) == [("office.not_then", "on")]
    assert refused(world, by="deputy", on=date(2026, 11, 10)) == [("office.overlaps", "from")]
    held = Assignment(user=User(username="an"), from_date=BEGUN, to_date=None)
    assert _overlap(held).text("en") == f"an holds this office there since {BEGUN:%d/%m/%Y}."
    held.to_date = EVE
    assert _overlap(held).text("en") == f"an holds this office there from {BEGUN:%d/%m/%Y} to {EVE:%d/%m/%Y}."


def test_of_several_holders_the_successor_may_be_one_already(world: World) -> None:
    world.actors["one"] = person("one", Office.CELL_COMMITTEE, world.cell)
    person("two", Office.CELL_COMMITTEE, world.cell, since=ON)
    passed(world, "one", "two")
    assert holders(world, "cell_committee") == [("one", BEGUN, EVE), ("two", ON, None)]


def test_a_helpers_office_does_not_pass_on(world: World) -> None:
    helped = world.member("Phạm Văn Cảnh", "import_candidate")
    world.actors["helper"] = person("helper", Office.HELPER, world.cell, helped.pk)
    assert refused(world, who="helper") == [("office.of_one_member", "")]


def test_only_who_administers_may(world: World) -> None:
    before = Event.objects.count()
    for actor, error in (("officer", NotPermitted), ("secretary", NotPermitted), ("other_secretary", NotFound)):
        with pytest.raises(error):
            passed(world, actor=actor)
    assert Event.objects.count() == before
