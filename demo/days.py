"""The business date, day by day: moved here, worked on by the real worker, and left only when the day is done."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from celery import Celery
from django.db import connection, transaction

from backend.config.processes import Family
from backend.core import clock
from backend.deadlines.calendar import calendar
from demo.stage import StageError

DAY_SECONDS = 30
POLL_SECONDS = 0.01
HURRY_SECONDS = 0.3
"""How often the jobs are called again while a day is not done (beat calls them every second as well)."""

_SWEPT = """
SELECT 1 FROM alerts_heartbeat
WHERE job = 'sweep' AND business_day = %s AND started_at > %s AND ended_at IS NOT NULL AND error = ''"""
_WRITTEN = """
SELECT 1 FROM alerts_heartbeat
WHERE job = 'letters' AND business_day = %s AND ended_at IS NOT NULL AND error = ''
  AND NOT EXISTS (SELECT FROM alerts_letter WHERE outcome = 'held')"""
_OPENED = """
SELECT 1 WHERE NOT EXISTS (
  SELECT FROM organizations_unit u WHERE u.level = 'cell' AND u.closed_on IS NULL AND NOT EXISTS (
    SELECT FROM cases_case c WHERE c.unit_id = u.id AND c.lifecycle = 'meeting' AND c.exclusive_key = %s))"""
_SEALED = "SELECT 1 WHERE NOT EXISTS (SELECT FROM audit_pending)"


@dataclass
class Diary:
    """When (real time) each business day began: what the rows' real times are translated with."""

    days: list[date] = field(default_factory=list)
    began: list[datetime] = field(default_factory=list)

    def begin(self, day: date) -> None:
        clock.move_to(day)
        self.days.append(day)
        self.began.append(clock.now())

    def day_of(self, moment: datetime) -> date:
        """The business day on which something was written."""
        return self.days[max(bisect_right(self.began, moment) - 1, 0)]


@dataclass
class Runner:
    """Moves the date and waits for the processes; raises StageError when one of them has ended or a day takes too long."""

    family: Family
    broker: str
    diary: Diary

    def __post_init__(self) -> None:
        self._celery = Celery("chibo-demo", broker=self.broker, set_as_current=False)
        self._celery.conf.task_ignore_result = True

    def live(self, day: date, act: Callable[[date], None]) -> None:
        """One day: the month's meetings are planned, people act, the sweep runs after them, letters leave."""
        self.diary.begin(day)
        self._until(day, "jobs.open_monthly_meetings", _OPENED, [f"regular:{day:%Y-%m}"])
        act(day)
        acted = clock.now()
        self._until(day, "jobs.sweep", _SWEPT, [day, acted])
        if is_working(day):
            self._until(day, "jobs.deliver", _WRITTEN, [day])

    def seal(self, day: date) -> None:
        """Wait until nothing is left unsealed."""
        self._until(day, "jobs.seal", _SEALED, [])

    def _until(self, day: date, job: str, statement: str, params: list[object]) -> None:
        """Wait for a row; the job is called at once and then again and again."""
        started, called = time.monotonic(), 0.0
        while not _found(statement, params):
            now = time.monotonic()
            if now - called > HURRY_SECONDS:
                self._celery.send_task(job, expires=5)
                called = now
            if self.family.failed():
                raise StageError(f"The {self.family.failed()} process ended by itself on {day}.")
            if now - started > DAY_SECONDS:
                raise StageError(f"{job} did not do the work of {day} within {DAY_SECONDS} seconds.")
            time.sleep(POLL_SECONDS)


def is_working(day: date) -> bool:
    with transaction.atomic():
        return calendar().is_working(day)


def next_working(day: date) -> date:
    """The first working day after `day`, on which a run can end with nothing left to send."""
    following = day + timedelta(days=1)
    while not is_working(following):
        following += timedelta(days=1)
    return following


def _found(statement: str, params: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone() is not None
