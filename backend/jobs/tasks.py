"""Standing jobs. Each finds its own work in PostgreSQL, so a lost or doubled call loses and doubles nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path

from celery import Task, shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError

from backend.accesses import keeping
from backend.accounts import sessions
from backend.accounts.policy import Actor
from backend.alerts import account_letters, delivery
from backend.alerts import sweep as sweeping
from backend.alerts.pulse import is_behind, pulse, works_on
from backend.audit import followers, kept_heads, sealing
from backend.cases import monthly, passing, requests, unreachable, vacancies
from backend.core import clock
from backend.deadlines import following
from backend.flags import refreshing
from backend.imports import working

GONE = (OperationalError, InterfaceError)
"""The database went away: try again in a moment, then leave it to the next beat."""

LONG = {"work_imports": 4 * 3600}
"""Seconds for a job that may take longer than the others: what is stopped half-way would only begin anew."""


_DAILY: list[Callable[[date], None]] = []


def job(work: Callable[[], None]) -> Task[[], None]:
    """A standing job by the name of its function: `jobs.sweep`, with its pulse around each run."""

    limit = LONG.get(work.__name__, settings.CELERY_TASK_TIME_LIMIT)

    @shared_task(
        name=f"jobs.{work.__name__}", autoretry_for=GONE, retry_backoff=1, retry_backoff_max=5, max_retries=3,
        time_limit=limit, soft_time_limit=limit * 9 // 10,
    )  # fmt: skip
    @wraps(work)
    def run() -> None:
        with pulse(work.__name__):
            work()

    return run


def daily(work: Callable[[date], None]) -> Task[[], None]:
    """A standing job that opens and ends by the business date; with a clock set back it does nothing (`works_on`)."""

    _DAILY.append(work)

    @job
    @wraps(work)
    def run() -> None:
        day = clock.today()
        if works_on(work.__name__, day):
            work(day)

    return run


@job
def sweep() -> None:
    """Give every due rung its outcome."""
    sweeping.sweep()


@job
def deliver() -> None:
    """Make the letters that are due and hand them over; then those to owners of accounts."""
    delivery.deliver()
    account_letters.tell()


@job
def seal() -> None:
    """Give every pending event its place in the log, under a signed head."""
    sealing.seal_all()


@job
def keep_heads() -> None:
    """Keep the last head of each day that is over where the operator wants it, and have it stamped."""
    if settings.CHIBO_HEADS_DIR:
        kept_heads.keep(Path(settings.CHIBO_HEADS_DIR))
    if settings.CHIBO_TSA_URL:
        from backend.audit import stamping  # noqa: PLC0415  (libraries for those alone who have heads stamped)

        stamping.stamp()


@job
def follow() -> None:
    """Let everything that reacts to sealed events catch up with the log."""
    followers.follow_all()


@daily
def open_monthly_meetings(today: date) -> None:
    """Plan this month's regular meeting for every cell that has none."""
    monthly.open_monthly_meetings(today)


@daily
def follow_vacancies(today: date) -> None:
    """Tell the level above of units where nobody holds the office any more or no letter arrives, and of the end of it."""
    vacancies.follow_vacancies(today)
    unreachable.follow_addresses(today)


@daily
def refresh_flags(today: date) -> None:
    """Bring flags in line with the day: months end, windows move, leaves run out."""
    refreshing.refresh_all(today)


@job
def work_imports() -> None:
    """Try, bring in and undo what offices asked for, and let go of what was kept long enough."""
    working.work()


@job
def let_go() -> None:
    """Let go of what was kept long enough: months of the access log, answers to requests, sessions that ran out."""
    keeping.drop_accesses()
    requests.drop_requests()
    sessions.drop_sessions()


@job
def follow_calendar() -> None:
    """Move open deadlines after days of the calendar that were entered or withdrawn, and cases after who decides now."""
    following.follow_calendar()
    if works_on("follow_calendar", clock.today()):
        passing.follow_competence(Actor.system(), dry_run=False)


def open_as_of(day: date) -> None:
    """What the jobs open, move and end on a day before its sweep looks, in the caller's transaction: for its rehearsal."""
    following.follow_calendar()
    if not is_behind("follow_calendar", day):
        passing.follow_competence(Actor.system(), dry_run=False)
    for work in _DAILY:
        if not is_behind(work.__name__, day):
            work(day)
