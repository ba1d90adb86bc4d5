"""An office puts its own reminders off, or says something about a deadline; each an event, the words behind its line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.alerts.ledger import story
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.details import with_details
from backend.audit.models import Event
from backend.cases.acknowledging import acknowledge
from backend.cases.answering import comment, snooze
from backend.core.errors import NotFound, NotPermitted, Refused, Stale
from backend.deadlines.models import Deadline
from backend.deadlines.recompute import recompute
from tests.world import World, about_to_climb, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def deadline(world: World) -> Deadline:
    """Due on 11/12/2026; reminders on 20/11, 02/12, 08/12, 10/12 and 11/12."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    return Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")


def test_put_off_reminders_come_together_on_the_day_and_those_above_on_theirs(world: World, deadline: Deadline) -> None:
    until = deadline.due_on - timedelta(days=2)
    before = list(deadline.rung_days)
    done = snooze(
        world.actor("secretary"), deadline.pk, until=until, reason="Chi bộ họp ngày 09/12", expected_version=1
    )
    assert done == {"id": deadline.pk, "version": 2, "until": until.isoformat()}
    deadline.refresh_from_db()
    assert deadline.rung_days == [max(day, until) if place < 6 else day for place, day in enumerate(before)]  # type: ignore[type-var]
    assert (deadline.next_rung_on, deadline.snoozed_until) == (until, until)
    assert sweep(until - timedelta(days=1)).rungs == 0
    assert sweep(until).rungs == sum(day <= until for day in before if day)
    assert set(Notice.objects.filter(channel="inbox").values_list("rung_on", flat=True)) == {until}
    event = with_details(Event.objects.filter(code="deadline.snoozed")).get()
    assert (event.facts, event.written) == (
        {"rule": "PRO.CELL_REVIEW", "until": until.isoformat()}, {"reason": "Chi bộ họp ngày 09/12"},
    )  # fmt: skip
    assert b"09/12" not in bytes(event.line)
    assert recompute() == [], "counting the days again does not bring the reminders back"


def test_never_past_the_legal_day_nor_by_an_office_above(world: World, deadline: Deadline) -> None:
    past = deadline.due_on + timedelta(days=1)
    for day in (past, date(2026, 11, 2), date(2026, 1, 1)):
        with pytest.raises(Refused) as refused:
            snooze(world.actor("secretary"), deadline.pk, until=day, reason="x")
        assert [one.code for one in refused.value.answers] == ["snooze.bad_day"]
    with pytest.raises(Refused) as refused:
        snooze(world.actor("secretary"), deadline.pk, until=past, reason=" ")
    assert [one.code for one in refused.value.answers] == ["snooze.bad_day", "acknowledge.no_reason"]
    with pytest.raises(NotPermitted):
        snooze(world.actor("officer"), deadline.pk, until=deadline.due_on, reason="x")
    with pytest.raises(NotFound):
        snooze(world.actor("other_secretary"), deadline.pk, until=deadline.due_on, reason="x")
    with pytest.raises(Stale):
        snooze(world.actor("secretary"), deadline.pk, until=deadline.due_on, reason="x", expected_version=9)
    Deadline.objects.filter(pk=deadline.pk).update(status="met")
    with pytest.raises(Refused) as refused:
        snooze(world.actor("secretary"), deadline.pk, until=deadline.due_on, reason="x")
    assert [one.code for one in refused.value.answers] == ["acknowledge.closed"]
    assert (Deadline.objects.get(pk=deadline.pk).version, Event.objects.filter(subject_kind="deadline").count()) == (
        1,
        0,
    )


def test_comments_stand_in_the_story_and_not_in_the_line(world: World, deadline: Deadline) -> None:
    assert comment(world.actor("officer"), deadline.pk, comment="Đã điện thoại") == {"id": deadline.pk, "version": 2}
    assert comment(world.actor("secretary"), deadline.pk, comment="Sẽ họp", expected_version=2)["version"] == 3
    deadline.refresh_from_db()
    assert [(one.code, one.office, one.written) for one in story(deadline).answers] == [
        ("deadline.commented", "organisation_officer", {"comment": "Đã điện thoại"}),
        ("deadline.commented", "cell_secretary", {"comment": "Sẽ họp"}),
    ]
    with pytest.raises(Refused) as refused:
        comment(world.actor("secretary"), deadline.pk, comment="  ")
    assert [one.code for one in refused.value.answers] == ["comment.no_words"]
    for who, error in (("auditor", NotPermitted), ("other_secretary", NotFound)):
        with pytest.raises(error):
            comment(world.actor(who), deadline.pk, comment="x")


def test_an_acknowledgement_lasts_as_long_as_the_rules_propose(world: World, deadline: Deadline) -> None:
    about_to_climb(deadline)
    done = acknowledge(world.actor("secretary"), deadline.pk, reason="Đã biết")
    assert done == {"id": deadline.pk, "version": 2, "level": 0, "until": "2026-11-09"}
