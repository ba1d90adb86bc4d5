"""What a step says of the deadlines it closes: met goes before missed, missed before cancelled."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, OnCase, perform
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture
def world() -> World:
    return make_world()


def statuses(case_id: int) -> dict[str, tuple[str, date | None]]:
    found = Deadline.objects.filter(subject_kind="case", subject_id=case_id)
    return {one.rule_id: (one.status, one.met_on) for one in found}


def test_last_step_meets_its_own_deadline_and_cancels_the_rest(world: World) -> None:
    meeting = world.meeting(world.members(4), ON)
    perform(world.actor("secretary"), OnCase(meeting.pk), "file_minutes", {"minutes": paper(ON)}, on=ON)
    assert statuses(meeting.pk)["MTG.MIN_AFTER"] == ("met", ON)
    assert statuses(meeting.pk)["MTG.REGULAR"] == ("met", ON)


def test_month_without_a_meeting_is_missed_not_cancelled(world: World) -> None:
    facts = {"kind": "regular", "month": "2026-11-01"}
    planned = perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=ON)
    after = date(2026, 12, 3)
    clock.move_to(after)
    note = {"note": paper(after), "reason": "Không họp"}
    perform(world.actor("officer"), OnCase(planned["id"]), "record_not_held", note, on=after)
    assert statuses(planned["id"])["MTG.REGULAR"] == ("missed", None)
