"""The engine and the list of steps go by who decides on the day, as this installation has settled it."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from backend.cases.engine import OnCase, perform
from backend.cases.options import NOT_PERMITTED, case_options
from backend.core.db import scope
from backend.core.errors import NotPermitted, Refused
from tests.backend.cases.test_replay import worked
from tests.world import World
from workflows.offices import Level

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


def offered(world: World, case: int) -> list[str]:
    actor = world.actor("officer")
    with transaction.atomic():
        scope(actor.path)
        _, found = case_options(actor, case, ON)
        return [one.step.name for one in found if NOT_PERMITTED not in one.refusals]


def test_a_decision_is_recorded_at_the_level_that_is_settled_for_its_day() -> None:
    world, case = worked()
    officer = world.actor("officer")
    assert (officer.level, "recognise" in offered(world, case.pk)) == (Level.BASE, True)
    call_command(
        "competence", "recognise", "province", "--from", "2026-11-02", "--source", "1-QĐ/TU", stdout=StringIO()
    )
    assert "recognise" not in offered(world, case.pk)
    with pytest.raises(NotPermitted):
        perform(officer, OnCase(case.pk), "recognise", {}, on=ON)
    with pytest.raises(Refused):  # the day before it was theirs: the facts are asked for
        perform(officer, OnCase(case.pk), "recognise", {}, on=date(2026, 11, 1))
