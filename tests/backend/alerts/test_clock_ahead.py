"""A production clock that once stood far ahead: right again, everything goes on by itself and nothing waits for that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import translation

from backend.alerts import pulse as pulsing
from backend.alerts.delivery import deliver
from backend.alerts.health import look
from backend.alerts.models import Heartbeat, Letter, Notice, Pulse
from backend.alerts.pulse import BEAT, DOWN, FIRST_BEAT, is_behind, pulse, works_on
from backend.alerts.quiet import morning_is_due
from backend.alerts.righting import AHEAD
from backend.alerts.sweep import sweep
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
TODAY = CALENDAR.add_working_days(DUE, -15)
NEXT = CALENDAR.add_working_days(TODAY, 1)
FAR = CALENDAR.add_working_days(DUE + timedelta(days=400), 1)
JOB = "follow_vacancies"


@pytest.fixture(autouse=True)
def english(settings: LazySettings) -> Iterator[None]:
    """The clock of a production: its day is the business day."""
    settings.CHIBO_MOVABLE_DATE = False
    with translation.override("en"):
        yield


def at(day: date, hour: int = 9) -> time_machine.travel:
    """The clock of the machine, at an hour of Hanoi."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour - 7, tzinfo=UTC), tick=False)


def works(day: date) -> bool:
    with at(day), as_role("chibo_jobs"), pulse(JOB):
        return works_on(JOB, day)


def line(day: date) -> str:
    with at(day), as_role("chibo_app"):
        return look().line()


def test_a_job_of_the_day_rests_for_a_day_is_told_of_meanwhile_and_goes_on_by_itself() -> None:
    assert [works(TODAY), works(FAR), works(TODAY), works(TODAY)] == [True, True, False, False]
    said = f"The clock stood at {FAR:%d/%m/%Y}: jobs that go by the day rest, and go on tomorrow at the latest."
    assert said in line(TODAY)
    with translation.override("vi"):
        assert f"Đồng hồ đã từng chỉ ngày {FAR:%d/%m/%Y}" in line(TODAY)
    assert (is_behind(JOB, TODAY), is_behind(JOB, NEXT)) == (True, False)
    assert [works(NEXT), works(NEXT)] == [True, True]
    assert said not in line(NEXT)
    row = Pulse.objects.get(job=JOB)
    assert (row.latest_day, row.behind_on) == (NEXT, None)


def test_a_clock_that_goes_back_for_hours_moves_nothing_back() -> None:
    eve = TODAY - timedelta(days=1)
    assert [works(TODAY), works(eve), works(TODAY), works(eve)] == [True, False, True, False]
    assert [works(eve - timedelta(days=3)), works(eve - timedelta(days=3))] == [False, False], (
        "further back is no way on"
    )


def test_the_morning_of_the_day_at_which_the_clock_stood_has_its_letters() -> None:
    with at(FAR, 8):
        sweep()
        deliver()
        assert not morning_is_due(FAR)
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    with at(TODAY):
        deadline(cell, due=CALENDAR.add_working_days(FAR, 15))
        deliver()
    assert set(Heartbeat.objects.filter(business_day=FAR).values_list("error", flat=True)) == {AHEAD}
    with at(FAR):
        sweep()
        assert deliver()["sent"] == 1


def test_a_letter_that_was_put_off_while_the_clock_stood_ahead_leaves_when_it_is_right() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    with at(TODAY):
        deadline(cell)
        sweep()
        Notice.objects.filter(channel="mail").update(critical=True)
        deliver(limit=0)
        Letter.objects.update(next_attempt_at=datetime(FAR.year, FAR.month, FAR.day, tzinfo=UTC))
        with as_role("chibo_jobs"):
            assert deliver()["sent"] == 1


def test_a_letter_that_waits_for_a_day_is_left_alone() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    with at(TODAY):
        deadline(cell)
        sweep()
        deliver(limit=0)
        later = datetime(TODAY.year, TODAY.month, TODAY.day, 3, tzinfo=UTC) + timedelta(days=1)
        Letter.objects.update(next_attempt_at=later)
        assert deliver()["sent"] == 0
        assert Letter.objects.get().next_attempt_at == later


def test_signs_of_life_from_ahead_hide_nothing_that_is_stuck() -> None:
    """The clock jumps, a worker and beat die meanwhile, and the clock is right again."""
    for day in (TODAY, FAR):
        with at(day), as_role("chibo_jobs"):
            pulsing.beat_told()
            for job in pulsing.EVERY:
                with pulse(job):
                    pass
    with at(TODAY, 12), as_role("chibo_app"):
        health = look()
        assert {part.key for part in health.stuck} >= {BEAT, "sweep", "deliver"}
        assert health.down is None, "no time down reaches to a day that has not come"
        assert health.checked_at is None
    with at(TODAY, 12), as_role("chibo_jobs"):
        deliver()
        assert not Pulse.objects.filter(job=DOWN).exists()


def test_since_when_there_is_a_beat_is_the_earliest_moment() -> None:
    for day in (FAR, TODAY):
        with at(day), as_role("chibo_jobs"):
            pulsing.beat_told()
    with at(TODAY):
        assert Pulse.objects.get(job=FIRST_BEAT).started_at == datetime(
            TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC
        )
