"""The jobs by name, their table, and the settings that keep Celery from losing or repeating them."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.db import OperationalError

import celery_app
from backend.alerts.models import Heartbeat, Letter
from backend.alerts.pulse import EVERY
from backend.audit.models import Pending, SignedHead
from backend.cases.models import Case
from backend.core import clock
from backend.jobs import tasks
from backend.jobs.schedule import beat_schedule
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office


def test_beat_calls_every_job_and_only_jobs_that_exist() -> None:
    celery_app.app.loader.import_default_modules()
    names = {name for name in celery_app.app.tasks if name.startswith("jobs.")}
    standing = {
        "sweep", "deliver", "seal", "follow", "open_monthly_meetings", "follow_calendar", "refresh_flags", "follow_vacancies",
        "keep_heads", "let_go", "work_imports",
    }  # fmt: skip
    assert names == {f"jobs.{name}" for name in EVERY} == {f"jobs.{name}" for name in standing}
    assert celery_app.app.conf.beat_schedule == beat_schedule()
    assert beat_schedule()["jobs.sweep"] == {
        "task": "jobs.sweep", "schedule": float(settings.CHIBO_SWEEP_SECONDS), "options": {"expires": 180},
    }  # fmt: skip


def test_celery_keeps_what_a_dead_worker_had() -> None:
    conf = celery_app.app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert conf.broker_transport_options["visibility_timeout"] >= 4 * conf.task_time_limit
    assert conf.task_soft_time_limit < conf.task_time_limit
    assert (list(conf.accept_content), conf.task_serializer, conf.task_ignore_result) == (["json"], "json", True)
    assert conf.beat_enable_remote_control
    assert conf.broker_connection_retry_on_startup
    assert conf.broker_connection_max_retries is None, "a long absence of the broker ends no worker"


def test_jobs_try_again_when_the_database_went_away() -> None:
    for task in (
        tasks.sweep,
        tasks.deliver,
        tasks.seal,
        tasks.follow,
        tasks.open_monthly_meetings,
        tasks.follow_calendar,
        tasks.refresh_flags,
        tasks.follow_vacancies,
    ):
        assert OperationalError in task.autoretry_for
        assert task.max_retries == 3


@pytest.mark.django_db
def test_sweep_and_deliver_work_as_jobs() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(CALENDAR.add_working_days(DUE, -15))
    with as_role("chibo_jobs"):
        tasks.sweep()
        tasks.deliver()
    assert Letter.objects.get().outcome == "sent"
    assert set(Heartbeat.objects.values_list("job", flat=True)) == {"sweep", "letters", "deliver"}


@pytest.mark.django_db
def test_the_months_meetings_are_opened_and_sealed_once() -> None:
    cell = chain()[2]
    clock.move_to(date(2026, 11, 2))
    with as_role("chibo_jobs"):
        tasks.open_monthly_meetings()
        tasks.open_monthly_meetings()
        tasks.seal()
        tasks.follow()
    assert list(Case.objects.values_list("lifecycle", "unit_id")) == [("meeting", cell.pk)]
    assert (Pending.objects.count(), SignedHead.objects.exists()) == (0, True)
