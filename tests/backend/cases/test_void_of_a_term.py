"""What a void opens again runs as everything stands now: while it was closed it followed nothing."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import OnCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.deadlines.following import follow_calendar
from backend.deadlines.models import Deadline
from backend.deadlines.moving import recorder
from backend.deadlines.overrides import set_day
from backend.deadlines.recompute import recompute
from tests.backend.cases.test_perform import ON, proposal
from tests.backend.deadlines.test_recompute import Edit, edit
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import World, make_world, paper

__all__ = ["edit"]
pytestmark = pytest.mark.django_db
REASON: dict[str, Any] = {"reason": "Nhập nhầm người", "paper": paper(ON, "3-BB/CB")}
ROOT = Actor.operator("root")
LONGER = ("{id: PRO.CELL_REVIEW, value: 30,", "{id: PRO.CELL_REVIEW, value: 45,")


@pytest.fixture
def world() -> World:
    return make_world()


def proposed(world: World) -> tuple[Case, UUID]:
    case, _, facts = proposal(world)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    return case, UUID(done["event"])


def days_off(*days: int) -> None:
    """Days of November 2026 are off, and every open deadline has followed them."""
    for day in days:
        set_day(ROOT, date(2026, 11, day), off=True, name="Bão", basis="1-TB")
    follow_calendar()


def days(case: Case) -> list[tuple[str, str, date, date | None]]:
    rows = Deadline.objects.filter(subject_kind="case", subject_id=case.pk).order_by("id")
    return list(rows.values_list("rule_id", "status", "due_on", "next_rung_on"))


def moves(since: UUID) -> list[tuple[str, int | None, dict[str, Any]]]:
    """What was said about deadlines since an event: its code, who, and the days with their reason."""
    told = Event.objects.filter(pk__gt=Event.objects.get(uid=since).pk, subject_kind="deadline").order_by("id")
    names = ("due_was", "due", "why")
    return [(one.code, one.user_id, {name: one.facts[name] for name in names}) for one in told]


def undo(world: World, event: UUID) -> UUID:
    with as_role("chibo_app"):
        (uid,) = void(world.actor("deputy"), event, **REASON)
    return uid


def test_days_off_that_came_meanwhile_are_counted(world: World) -> None:
    case, event = proposed(world)
    days_off(10, 11, 12)
    assert days(case) == [("PRO.CELL_REVIEW", "met", date(2026, 12, 14), None),
                          ("PRO.DECIDE", "open", date(2026, 12, 18), date(2026, 11, 27))]  # fmt: skip
    uid = undo(world, event)
    assert days(case) == [("PRO.CELL_REVIEW", "open", date(2026, 12, 17), date(2026, 11, 26)),
                          ("PRO.DECIDE", "cancelled", date(2026, 12, 18), None)]  # fmt: skip
    said = {"due_was": "2026-12-14", "due": "2026-12-17", "why": "calendar"}
    assert moves(uid) == [("deadline.moved", world.actor("deputy").user_id, said)]
    assert (follow_calendar(), replayed()) == ([], [])


def test_a_figure_of_the_law_that_changed_meanwhile_holds(world: World, edit: Edit) -> None:
    case, event = proposed(world)
    edit(*LONGER)
    assert recompute(record=recorder(ROOT.who()), path="/") == []
    uid = undo(world, event)
    assert [one[:3] for one in days(case)] == [("PRO.CELL_REVIEW", "open", date(2027, 1, 5)),
                                               ("PRO.DECIDE", "cancelled", date(2026, 12, 15))]  # fmt: skip
    said = {"due_was": "2026-12-14", "due": "2027-01-05", "why": "law"}
    assert moves(uid) == [("deadline.moved", world.actor("deputy").user_id, said)]
    assert replayed() == []


def test_where_nothing_changed_the_day_stands_and_nothing_is_said(world: World) -> None:
    case, event = proposed(world)
    uid = undo(world, event)
    assert [one[:3] for one in days(case)] == [("PRO.CELL_REVIEW", "open", date(2026, 12, 14)),
                                               ("PRO.DECIDE", "cancelled", date(2026, 12, 15))]  # fmt: skip
    assert (moves(uid), replayed()) == ([], [])


def test_what_a_leaving_had_ended_follows_too(world: World) -> None:
    """The deadlines of the member's other cases, which a void of the death opens again."""
    case, _, _ = proposal(world)
    death = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}
    died = perform(world.actor("secretary"), OnMember(case.member_id or 0), "record_death", death, on=ON)
    days_off(10, 11, 12)
    uid = undo(world, UUID(died["event"]))
    assert [one[:3] for one in days(case)] == [("PRO.CELL_REVIEW", "open", date(2026, 12, 17)),
                                               ("TASK.END_CASE", "cancelled", date(2026, 11, 19))]  # fmt: skip
    said = {"due_was": "2026-12-14", "due": "2026-12-17", "why": "calendar"}
    assert moves(uid) == [("deadline.moved", world.actor("deputy").user_id, said)]
    assert replayed() == []
