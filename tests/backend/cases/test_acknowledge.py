"""Acknowledgements: by the line of the deadline, for some working days, with an event."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.models import Event
from backend.cases.acknowledging import acknowledge
from backend.core.errors import NotFound, NotPermitted, Refused, Stale
from backend.deadlines.models import Deadline
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def deadline(world: World) -> Deadline:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    return Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")


def test_acknowledgement_stops_the_climb_for_working_days(world: World, deadline: Deadline) -> None:
    done = acknowledge(world.actor("officer"), deadline.pk, working_days=5, reason="Đã nhắc chi bộ")
    assert done == {"id": deadline.pk, "version": 2, "level": 1, "until": "2026-11-09"}
    assert Deadline.objects.get(pk=deadline.pk).acknowledged_levels == {"1": "2026-11-09"}
    with pytest.raises(Refused) as refused:
        acknowledge(world.actor("officer"), deadline.pk, working_days=5, reason="Lần nữa")
    assert [one.code for one in refused.value.answers] == ["acknowledge.already"]
    event = Event.objects.get(subject_kind="deadline", subject_id=deadline.pk)
    assert (event.code, event.facts["until"], event.office) == (
        "deadline.acknowledged", "2026-11-09", "organisation_officer",
    )  # fmt: skip


def test_refused_acknowledgements_leave_nothing(world: World, deadline: Deadline) -> None:
    with pytest.raises(NotFound):
        acknowledge(world.actor("other_secretary"), deadline.pk, working_days=5, reason="x")
    with pytest.raises(Stale):
        acknowledge(world.actor("secretary"), deadline.pk, working_days=5, reason="x", expected_version=7)
    with pytest.raises(NotPermitted):
        acknowledge(world.actor("auditor"), deadline.pk, working_days=5, reason="x")
    with pytest.raises(Refused) as refused:
        acknowledge(world.actor("secretary"), deadline.pk, working_days=11, reason=" ")
    assert [one.code for one in refused.value.answers] == ["acknowledge.bad_days", "acknowledge.no_reason"]
    assert Deadline.objects.get(pk=deadline.pk).version == 1
    assert not Event.objects.filter(subject_kind="deadline").exists()
