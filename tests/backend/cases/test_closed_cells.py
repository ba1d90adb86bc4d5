"""A cell that was closed takes nobody back; whoever left it goes along to the cell that took over, and comes back there."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import gettext

from backend.accounts.administration import close_unit
from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.closed_since import ON_ITS_LIST, OPEN_THERE
from backend.cases.engine import NewCase, OnCase, OnMember, perform
from backend.cases.voiding import void
from backend.core.errors import CannotVoid, Refused
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.backend.cases.test_perform import traces
from tests.leaving import LATE, opened
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper, unit
from workflows.offices import Level

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
CLOSED = ["unit.closed_since"]
BOTH = {"joined_on": "2005-01-05", "official_on": "2006-01-05"}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def third(world: World) -> Unit:
    return unit("87.107.000.000.003", "Chi bộ Ba", Level.CELL, world.commune)


def refused(actor: Actor, target: Any, step: str, facts: dict[str, Any]) -> list[str]:
    """The codes of the refusals; the log has no line more."""
    before = Event.objects.count()
    with pytest.raises(Refused) as caught:
        perform(actor, target, step, facts, on=ON)
    assert Event.objects.count() == before
    return [one.code for one in caught.value.answers]


def goes_along(world: World, member: Member) -> None:
    facts = {"reorganisation": paper(ON), "to_unit": world.cell.code}
    perform(world.actor("officer"), NewCase("transfer", member_id=member.pk), "go_along", facts, on=ON)


def test_who_was_removed_is_restored_where_the_cell_went(world: World, third: Unit) -> None:
    lan = world.member("Lan", "import_removed", unit=third, left_on="2026-10-26", **BOTH)
    close_unit(Actor.operator("test"), third.pk, on=ON)
    facts = {"against": "removal", "received_on": "2026-10-27", "appeal_to": "province", "appeal": paper(ON)}
    lodged = perform(world.actor("province"), NewCase("appeal", member_id=lan.pk), "lodge", facts, on=ON)
    annulled = (world.actor("province"), OnCase(lodged["id"]), "annul", {"restoration": paper(ON)})
    assert refused(*annulled) == CLOSED
    goes_along(world, lan)
    perform(*annulled, on=ON)
    lan.refresh_from_db()
    assert (lan.standing, lan.participation, lan.unit_id) == ("official", "attending", world.cell.pk)


def test_who_was_removed_long_ago_is_readmitted_where_the_cell_went(world: World, third: Unit) -> None:
    lan = world.member("Lan", "import_removed", unit=third, left_on="2020-10-26", **BOTH)
    close_unit(Actor.operator("test"), third.pk, on=ON)
    facts = {"application": paper(ON), "reason_left": "other"}
    applied = (world.actor("officer"), NewCase("readmission", member_id=lan.pk), "apply", facts)
    assert refused(*applied) == CLOSED
    goes_along(world, lan)
    case = perform(*applied, on=ON)
    perform(world.actor("province"), OnCase(case["id"]), "consent", {"consent": paper(ON)}, on=ON)
    lan.refresh_from_db()
    assert (lan.standing, lan.unit_id) == ("candidate", world.cell.pk)


def test_who_was_transferred_out_is_received_back_where_the_cell_went(world: World, third: Unit) -> None:
    lan = world.member("Lan", "import_transferred_out", unit=third, left_on="2026-10-26", **BOTH)
    close_unit(Actor.operator("test"), third.pk, on=ON)
    facts = {"introduction": paper(ON), "papers_handed_over": True, "notice_slip": paper(ON)}
    received = (world.actor("officer"), NewCase("transfer", member_id=lan.pk), "receive_back", facts)
    assert refused(*received) == CLOSED
    goes_along(world, lan)
    perform(*received, on=ON)
    lan.refresh_from_db()
    assert (lan.standing, lan.unit_id) == ("official", world.cell.pk)


def test_who_was_dropped_is_chosen_again_where_the_cell_went(world: World, third: Unit) -> None:
    lan = world.member("Lan", "import_candidate", unit=third)
    perform(world.actor("officer"), OnMember(lan.pk), "drop", {"resolution": paper(ON)}, on=ON)
    close_unit(Actor.operator("test"), third.pk, on=ON)
    chosen = (world.actor("officer"), OnMember(lan.pk), "choose", {"resolution": paper(ON)})
    assert refused(*chosen) == CLOSED
    goes_along(world, lan)
    perform(*chosen, on=ON)
    lan.refresh_from_db()
    assert (lan.standing, lan.unit_id) == ("candidate", world.cell.pk)


def test_the_dead_go_nowhere(world: World, third: Unit) -> None:
    lan = world.member("Lan", "import_deceased", unit=third, left_on="2026-10-26", **BOTH)
    facts = {"reorganisation": paper(ON), "to_unit": world.cell.code}
    asked = (world.actor("officer"), NewCase("transfer", member_id=lan.pk), "go_along", facts)
    assert refused(*asked) == ["member.other_standing"]


def not_voided(world: World, event: UUID, said: str) -> None:
    """The void is refused with the sentence about the third cell, closed on the day; nothing changed."""
    before = traces()
    with pytest.raises(CannotVoid) as caught, as_role("chibo_app"):
        void(world.actor("committee"), event, reason="Nhập nhầm", paper=paper(ON))
    assert traces() == before
    assert caught.value.said() == gettext(said) % {"unit": "Chi bộ Ba", "day": "02/11/2026"}


def left(world: World, step: str, member: Member) -> UUID:
    facts: dict[str, dict[str, Any]] = {
        "drop": {"resolution": paper(ON)},
        "record_death": {"certificate_of_death": paper(ON), "died_on": ON.isoformat()},
        "merge": {"confirmation": paper(ON), "reason": "Một người", "kept": world.member("Lan", **BOTH).pk},
    }
    return UUID(perform(world.actor("officer"), OnMember(member.pk), step, facts[step], on=ON)["event"])


@pytest.mark.parametrize(("entered", "step"), [
    ("import_candidate", "drop"), ("import_official", "record_death"), ("import_official", "merge"),
])  # fmt: skip
def test_a_void_puts_nobody_back_on_its_list(world: World, third: Unit, entered: str, step: str) -> None:
    days = BOTH if entered == "import_official" else {}
    gone, back = (world.member("Lan", entered, unit=third, **days) for _ in range(2))
    events = [left(world, step, one) for one in (gone, back)]
    with as_role("chibo_app"):
        void(world.actor("committee"), events[1], reason="Nhập nhầm", paper=paper(ON))  # while the cell is there
    left(world, step, back)
    close_unit(Actor.operator("test"), third.pk, on=ON)
    not_voided(world, events[0], ON_ITS_LIST)
    assert replayed() == []


def test_a_void_opens_no_case_there_again(world: World, third: Unit) -> None:
    lan = world.member("Lan", "import_removed", unit=third, left_on="2020-03-02", **BOTH)
    case = OnCase(opened(world, "appeal", "lodge_late", lan, LATE, "officer", ON))
    withdrawn = {"withdrawal": paper(ON)}
    ended = perform(world.actor("officer"), case, "withdraw", withdrawn, on=ON)
    with as_role("chibo_app"):  # while the cell is there
        void(world.actor("committee"), UUID(ended["event"]), reason="Nhập nhầm", paper=paper(ON))
    ended = perform(world.actor("officer"), case, "withdraw", withdrawn, on=ON)
    close_unit(Actor.operator("test"), third.pk, on=ON)
    not_voided(world, UUID(ended["event"]), OPEN_THERE)
