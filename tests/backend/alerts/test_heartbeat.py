"""A row for each run: what it took in hand and what became of it; old rows go, dead and failed runs stay visible."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from backend.alerts import heartbeat
from backend.alerts.delivery import deliver
from backend.alerts.heartbeat import COUNTED
from backend.alerts.letters import make_letters
from backend.alerts.models import Heartbeat, Letter, Notice
from backend.alerts.quiet import morning_is_due
from backend.alerts.sweep import sweep
from backend.core import clock
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)
LATE = CALENDAR.add_working_days(DUE, 1)


def runs(job: str) -> list[dict[str, int]]:
    """The counts of a job's runs, the oldest first, without noughts."""
    rows = Heartbeat.objects.filter(job=job).order_by("id").values(*COUNTED)
    return [{name: count for name, count in row.items() if count} for row in rows]


def test_every_run_of_the_sweep_leaves_its_own_row_with_its_counts() -> None:
    _, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    person(Office.ORGANISATION_OFFICER, commune)
    deadline(cell)
    before = clock.now()
    with as_role("chibo_jobs"):
        sweep(LATE)
        sweep(LATE)
    assert runs("sweep") == [{"claimed": 1, "held": 3, "sent": 2, "coalesced": 10, "skipped": 1}, {}]
    assert sum(runs("sweep")[0].values()) - 1 == Notice.objects.count()
    for row in Heartbeat.objects.all():
        assert (row.job, row.business_day, row.error) == ("sweep", LATE, "")
        assert row.ended_at is not None
        assert before <= row.started_at <= row.ended_at <= clock.now()


def test_letters_and_delivery_count_notices_and_letters() -> None:
    cell, vacant = chain()[2], chain()[2]
    person(Office.CELL_SECRETARY, cell)
    for at in (cell, cell, vacant):
        deadline(at)
    clock.move_to(FIRST)
    sweep()
    with as_role("chibo_jobs"):
        deliver()
        deliver()
    assert runs("letters") == [{"claimed": 3, "held": 2, "skipped": 1}]
    assert runs("deliver") == [{"claimed": 1, "sent": 1}, {}]


def test_a_letter_to_be_tried_again_counts_as_held(settings: Any) -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    settings.EMAIL_BACKEND = "backend.alerts.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    deliver()
    assert (runs("deliver"), Letter.objects.get().outcome) == ([{"claimed": 1, "held": 1}], "held")


def test_a_run_that_failed_says_with_what_and_does_not_count_as_done() -> None:
    def fail() -> None:
        with heartbeat.run("sweep", FIRST) as counts:
            counts["claimed"] += 7
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    row = Heartbeat.objects.get()
    assert (row.error, row.claimed, row.ended_at is not None) == ("ZeroDivisionError", 7, True)
    assert not heartbeat.has_ended("sweep", FIRST)
    assert not morning_is_due(FIRST)


def test_a_run_that_was_killed_has_no_end_and_hinders_no_later_one() -> None:
    Heartbeat.objects.create(job="sweep", business_day=FIRST, started_at=clock.now())
    clock.move_to(FIRST)
    assert not morning_is_due(FIRST)
    sweep()
    assert morning_is_due(FIRST)


def test_letters_wait_for_what_another_sweep_has_in_hand() -> None:
    """A second sweep that ended says nothing about the deadlines which the first still holds."""
    one = deadline(chain()[2])
    clock.move_to(FIRST)
    with heartbeat.run("sweep", FIRST):
        pass
    assert not morning_is_due(FIRST)
    sweep()
    assert morning_is_due(FIRST)
    new = deadline(one.unit, opened_at=clock.now())
    assert morning_is_due(FIRST), "what was opened since waits for its own sweep and holds up nobody"
    assert new.next_rung_on is not None
    make_letters()
    assert not morning_is_due(FIRST), "once a day"


def test_rows_are_kept_for_some_days_only(settings: Any) -> None:
    settings.CHIBO_HEARTBEAT_DAYS = 30
    now = clock.now()
    for job, days in (("sweep", 31), ("sweep", 29), ("deliver", 31)):
        Heartbeat.objects.create(job=job, business_day=FIRST, started_at=now - timedelta(days=days))
    with as_role("chibo_jobs"):
        sweep(FIRST)
    kept = Heartbeat.objects.order_by("started_at").values_list("job", "started_at")
    assert [(job, round((now - moment) / timedelta(days=1))) for job, moment in kept] == [
        ("deliver", 31), ("sweep", 29), ("sweep", 0),
    ]  # fmt: skip


def test_looking_for_the_last_run_and_forgetting_old_ones_use_an_index() -> None:
    Heartbeat.objects.bulk_create(
        Heartbeat(job="sweep", business_day=FIRST, started_at=clock.now() - timedelta(minutes=n)) for n in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE alerts_heartbeat")
        cursor.execute("EXPLAIN " + heartbeat._FORGET, ["sweep", clock.now() - timedelta(days=30)])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "heartbeat_run" in plan
