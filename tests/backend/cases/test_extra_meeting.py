"""A meeting in addition to the month's own: no clock of the month runs, and it is called off with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from tests.backend.cases.test_perform import traces
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
REASON: dict[str, Any] = {"reason": "Nhập nhầm", "paper": paper(ON, "3-BB/CB")}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def filed(world: World) -> str:
    """The event that filed the minutes of November's meeting."""
    meeting = world.meeting(world.members(3), ON)
    done = perform(world.actor("secretary"), OnCase(meeting.pk), "file_minutes", {"minutes": paper(ON)}, on=ON)
    return str(done["event"])


def plan(world: World) -> dict[str, Any]:
    facts = {"kind": "regular", "month": "2026-11-01"}
    return perform(world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=ON)


def call_off(world: World, case: int) -> dict[str, Any]:
    return perform(world.actor("secretary"), OnCase(case), "call_off", {"reason": "Nhập nhầm"}, on=ON)


def rules(case: int) -> dict[str, str]:
    return dict(Deadline.objects.filter(subject_kind="case", subject_id=case).values_list("rule_id", "status"))


def test_nothing_runs_for_an_extra_meeting_and_it_can_be_called_off(world: World, filed: str) -> None:
    extra = plan(world)
    assert [one["code"] for one in extra["cautions"]] == ["meeting.month_has_one"]
    assert rules(extra["id"]) == {}
    call_off(world, extra["id"])
    case = Case.objects.get(pk=extra["id"])
    assert (case.state, case.closed_on, rules(case.pk)) == ("called_off", ON, {})
    again = plan(world)  # what was called off does not count as held, what was filed does
    assert ([one["code"] for one in again["cautions"]], rules(again["id"])) == (["meeting.month_has_one"], {})
    assert list(replay()) == []


def test_the_meeting_of_the_month_is_not_called_off(world: World) -> None:
    due = plan(world)
    before = traces()
    with pytest.raises(Refused) as refused:
        call_off(world, due["id"])
    assert [one.code for one in refused.value.answers] == ["meeting.is_due"]
    assert (traces(), rules(due["id"])) == (before, {"MTG.REGULAR": "open"})


def test_the_months_own_minutes_stand_while_an_extra_meeting_is_planned(world: World, filed: str) -> None:
    extra = plan(world)
    before = traces()
    with pytest.raises(Refused) as refused:
        void(world.actor("deputy"), UUID(filed), **REASON)
    assert [one.code for one in refused.value.answers] == ["engine.already_open"]
    assert traces() == before
    call_off(world, extra["id"])
    assert len(void(world.actor("deputy"), UUID(filed), **REASON)) == 1
