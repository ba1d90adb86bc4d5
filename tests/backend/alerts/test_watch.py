"""Who is told of what is stuck: once, after two looks that lie apart, with the cause and not with all it entails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation

from backend.alerts.health import look
from backend.alerts.models import Incident, Pulse
from backend.alerts.pulse import BEAT, EVERY, beat_told
from backend.alerts.watch import watch
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.alerts.looking import later, looks
from tests.backend.alerts.rows import chain, deadline, person
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
QUICK = sorted(job for job, seconds in EVERY.items() if seconds < 300)
SLOW = sorted(set(EVERY) - set(QUICK))


@pytest.fixture(autouse=True)
def all_well() -> Iterator[None]:
    """An administrator, every job ran a second ago, and the texts are English."""
    person(Office.ADMINISTRATOR, chain()[0], language="en")
    moved(0, BEAT, *EVERY)
    with translation.override("en"):
        yield


def moved(ago: float, *jobs: str) -> None:
    """These moved so many seconds ago, and not since."""
    at = clock.now() - timedelta(seconds=ago)
    for job in jobs:
        Pulse.objects.update_or_create(job=job, defaults={"started_at": at, "ended_at": at})


def letters() -> list[list[str]]:
    return [str(one.body).splitlines()[:4] for one in mail.outbox]


def test_two_processes_that_look_at_once_confirm_nothing() -> None:
    moved(200, "sweep")
    with as_role("chibo_app"):
        assert looks(0.2, 52, 2, 60, 0.2) == [[], [], [], ["sweep"], [], []]
    assert letters() == [
        ["Last check of the deadlines 3 min ago. Stuck: check of the deadlines.", "", "- check of the deadlines", ""]
    ]


def test_what_moves_between_two_looks_begins_anew() -> None:
    moved(200, "sweep")
    assert looks(30) == [[], []]
    moved(0, "sweep")
    assert watch() == []
    moved(200, "sweep")
    assert looks(30, 30) == [[], [], ["sweep"]]


def test_beat_is_told_of_as_the_cause_in_one_letter() -> None:
    """Beat fell 170 seconds ago, the sweep had ended its last run 20 seconds before: beat is stuck first, not the sweep."""
    moved(170, BEAT, *EVERY)
    moved(190, "sweep")
    assert [part.key for part in look().stuck] == [], "the sweep was silent for twenty seconds while beat lived"
    assert (looks(), mail.outbox) == ([[], [], []], [])
    moved(181, BEAT, *EVERY)
    moved(201, "sweep")
    with as_role("chibo_app"):
        assert watch() == []
        later(60)
        assert sorted(watch()) == sorted([BEAT, *QUICK])
    quick = "; ".join(part.name for part in look().parts if part.key in QUICK)
    assert letters() == [[
        "Last check of the deadlines 3 min ago. Stuck: the clock that starts the jobs (beat). "
        f"Because of beat these stand still too: {quick}.", "", "- the clock that starts the jobs (beat)", "",
    ]]  # fmt: skip
    moved(700, BEAT, *EVERY)
    with as_role("chibo_app"):
        assert looks() == [[], [], []], "what stands still later for the same cause is no news"
    assert len(mail.outbox) == 1
    assert sorted(Incident.objects.filter(told_at__isnull=False).values_list("part", flat=True)) == sorted(
        [BEAT, *EVERY]
    )


def test_a_worker_that_was_dead_before_beat_fell_is_named_for_itself() -> None:
    moved(400, *QUICK)
    moved(200, BEAT, *SLOW)
    assert sorted(looks()[1]) == sorted([BEAT, *QUICK])
    assert "Because of beat" not in letters()[0][0]
    assert letters()[0][2] == "- the clock that starts the jobs (beat)"
    assert len(str(mail.outbox[0].body).split("\n- ")) == 1 + len(QUICK) + 1


def test_a_worker_that_stays_dead_when_beat_is_back_is_news() -> None:
    moved(400, BEAT, *EVERY)
    assert sorted(looks()[1]) == sorted([BEAT, *QUICK])
    beat_told()
    assert looks() == [[], [], []]
    assert Incident.objects.filter(ended_at__isnull=True).count() == 0
    Pulse.objects.filter(job="down").update(ended_at=clock.now() - timedelta(seconds=185))
    assert [sorted(told) for told in looks()] == [[], QUICK, []]
    assert len(mail.outbox) == 2


def test_what_waits_is_counted() -> None:
    due = deadline(Unit.objects.get(level=Level.CELL))
    assert due.next_rung_on is not None
    clock.move_to(due.next_rung_on + timedelta(days=1))
    moved(0, BEAT, *EVERY)
    Deadline.objects.update(opened_at=clock.now() - timedelta(minutes=4))
    assert looks() == [[], ["rungs"], []]
    assert letters()[0][2] == "- reminders due before today: 1"
