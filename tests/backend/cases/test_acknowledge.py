"""Acknowledgements: by the line of the deadline, for some working days, with an event."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.models import Event
from backend.cases.acknowledging import acknowledge
from backend.core import clock
from backend.core.errors import NotFound, NotPermitted, Refused, Stale
from backend.deadlines.models import Deadline
from tests.world import World, about_to_climb, make_world

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
    about_to_climb(deadline)
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


def test_too_early_an_acknowledgement_is_refused_with_the_day_from_which_it_holds(
    world: World, deadline: Deadline
) -> None:
    """Told to the commune on 15/12 and to the province on 22/12; five working days up to a day hold the day after them."""
    assert deadline.rung_days[6:8] == [date(2026, 12, 15), date(2026, 12, 22)]
    stands = Deadline.objects.values().get(pk=deadline.pk)
    for who, days, first, since in (
        ("secretary", 5, "15/12/2026", "08/12/2026"), ("officer", 1, "15/12/2026", "14/12/2026"),
        ("province", 10, "22/12/2026", "08/12/2026"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            acknowledge(world.actor(who), deadline.pk, working_days=days, reason="Đã biết")
        (one,) = refused.value.answers
        assert (one.code, first in one.text("en"), since in one.advice("en")) == ("acknowledge.too_early", True, True)
        assert since in one.advice("vi")
    assert Deadline.objects.values().get(pk=deadline.pk) == stands
    assert not Event.objects.filter(subject_kind="deadline").exists()
    clock.move_to(date(2026, 12, 7))
    with pytest.raises(Refused):
        acknowledge(world.actor("secretary"), deadline.pk, working_days=5, reason="Đã biết")
    clock.move_to(date(2026, 12, 8))
    assert acknowledge(world.actor("secretary"), deadline.pk, working_days=5, reason="Đã biết")["until"] == "2026-12-15"
    assert Deadline.objects.get(pk=deadline.pk).rung_days[6:8] == [date(2026, 12, 16), date(2026, 12, 23)]


def test_where_nobody_above_is_left_to_be_told_nothing_is_held(world: World, deadline: Deadline) -> None:
    """The last rung goes to a level that this tree does not have."""
    Deadline.objects.filter(pk=deadline.pk).update(rungs_done=0b11111111)
    with pytest.raises(Refused) as refused:
        acknowledge(world.actor("officer"), deadline.pk, working_days=5, reason="Đã biết")
    assert [one.code for one in refused.value.answers] == ["acknowledge.nothing_held"]
    assert Deadline.objects.get(pk=deadline.pk).acknowledged_levels == {}


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
