"""A time in which nothing was started is told as such: its silence makes nothing stuck, what comes after it may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation
from rest_framework.test import APIClient

from backend.alerts import pulse as pulsing
from backend.alerts.health import Gap, look
from backend.alerts.models import Incident, Pulse
from backend.alerts.pulse import BEAT, DOWN, EVERY
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.backend.alerts.looking import looks
from tests.backend.alerts.rows import chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
QUICK = [job for job, seconds in EVERY.items() if seconds < 300]
"""Those that are stuck after three minutes; the others after ten."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def moved(*jobs: str, **ago: float) -> datetime:
    """These parts moved so long ago, and not since."""
    at = clock.now() - timedelta(**ago)
    for job in jobs:
        Pulse.objects.update_or_create(job=job, defaults={"started_at": at, "ended_at": at})
    return at


def beats(**ago: float) -> datetime:
    """Beat told the broker something so long ago, and is alive now."""
    at = clock.now() - timedelta(**ago)
    with pytest.MonkeyPatch.context() as then, as_role("chibo_jobs"):
        then.setattr(clock, "now", lambda: at)
        pulsing.beat_told()
    Pulse.objects.filter(job=BEAT).update(ended_at=clock.now())
    return at


def stuck() -> list[str]:
    with as_role("chibo_app"):
        return [part.key for part in look().stuck]


def test_after_half_an_hour_down_nothing_is_stuck_and_the_line_says_from_when_to_when() -> None:
    """Longer than the patience of any job; the slowest have their first run five minutes after beat's return."""
    person(Office.ADMINISTRATOR, chain()[0])
    since = moved(BEAT, *EVERY, minutes=30)
    until = beats(seconds=100)
    with as_role("chibo_app"):
        health = look()
        assert looks() == [[], [], []]
    assert (health.stuck, health.down) == ((), Gap(since, until))
    assert (mail.outbox, Incident.objects.count()) == ([], 0)
    ends = [timezone.localtime(one).strftime("%d/%m/%Y %H:%M") for one in (since, until)]
    said = "Last check of the deadlines 30 min ago. Nothing is stuck. Chibo was down from {} to {}."
    assert health.line() == said.format(*ends)
    with translation.override("vi"):
        assert health.line().endswith(" Chibo đã ngừng chạy từ {} đến {}.".format(*ends))
    Pulse.objects.filter(job=DOWN).delete()
    assert stuck() == [*EVERY], "the control: without what beat noticed, all this silence would be theirs"


def test_a_worker_that_does_not_come_back_is_stuck_as_soon_as_ever() -> None:
    person(Office.ADMINISTRATOR, chain()[0], language="en")
    moved(BEAT, *EVERY, hours=12)
    beats(minutes=4)
    assert stuck() == QUICK
    with as_role("chibo_app"):
        assert [sorted(told) for told in looks()] == [[], sorted(QUICK), []]
    (letter,) = mail.outbox
    assert "Chibo was down from " in str(letter.body).splitlines()[0]
    Pulse.objects.filter(job=DOWN).update(ended_at=clock.now() - timedelta(minutes=11))
    assert stuck() == [*EVERY]


def test_beat_that_stays_away_is_stuck_however_long_it_was_away_before() -> None:
    moved(BEAT, *EVERY, hours=12)
    beats(hours=1)
    moved(BEAT, minutes=4)
    moved(*EVERY, seconds=1)
    assert stuck() == [BEAT]


def test_a_beat_that_falls_again_and_again_hides_no_silent_worker() -> None:
    """Only the last time down is taken off a silence."""
    moved(BEAT, *EVERY, minutes=60)
    for ago in (45, 30, 15, 1):
        Pulse.objects.filter(job=BEAT).update(ended_at=clock.now() - timedelta(minutes=ago + 5))
        beats(minutes=ago)
    assert stuck() == [*EVERY]


def test_a_short_silence_of_beat_is_no_time_down() -> None:
    moved(BEAT, *EVERY, seconds=170)
    beats(seconds=0)
    assert not Pulse.objects.filter(job=DOWN).exists()


def test_reminders_of_the_days_down_are_the_next_sweeps_and_then_stuck() -> None:
    due = deadline(chain()[2])
    assert due.next_rung_on is not None
    clock.move_to(due.next_rung_on + timedelta(days=1))
    Deadline.objects.update(opened_at=clock.now() - timedelta(days=2))
    moved(BEAT, *EVERY, days=1)
    beats(seconds=100)
    assert stuck() == []
    Pulse.objects.filter(job=DOWN).update(ended_at=clock.now() - timedelta(minutes=4))
    moved(*EVERY, seconds=1)
    assert stuck() == ["rungs"]


def test_a_day_after_the_line_tells_of_it_no_more_and_the_api_still_does() -> None:
    moved(BEAT, *EVERY, days=3)
    until = beats(hours=25)
    moved(*EVERY, seconds=61)
    assert look().line() == "Last check of the deadlines 1 min ago. Nothing is stuck."
    client = APIClient()
    client.force_authenticate(person(Office.AUDITOR, chain()[0]))
    told: Any = client.get("/api/v1/status/").json()
    assert datetime.fromisoformat(told["down"]["until"]) == until
