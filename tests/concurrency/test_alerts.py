"""Two sweeps, a step against the sweep, two deliveries: each with a control that shows the race without the lock."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from backend.alerts import settling
from backend.alerts.channels import routes
from backend.alerts.delivery import deliver
from backend.alerts.letters import make_letters
from backend.alerts.models import Attempt, Letter, Notice
from backend.alerts.sweep import _ladder_rows, _make_months, _office_rows, sweep
from backend.alerts.sweep_sql import SWEEP
from backend.core import clock
from backend.core.db import WHOLE
from backend.deadlines.models import Deadline
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person, unit
from tests.realdb import RealDatabase, together
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
TODAY: date = CALENDAR.add_working_days(DUE, -15)
LOCK = "FOR UPDATE SKIP LOCKED"


def run_sweep(sql: str) -> dict[str, int]:
    """The sweep's statement in the transaction of the caller."""
    values = {
        "today": TODAY, "batch": 100, "now": clock.now(), "ladders": Jsonb(_ladder_rows()), "offices": Jsonb(_office_rows()),
        "path": WHOLE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


def against(sql: str, first: str) -> dict[str, int]:
    """Run `first` in an open transaction, then the sweep's statement in another thread; commit; what the sweep did."""
    _make_months(TODAY)
    done: dict[str, int] = {}

    def other() -> None:
        with transaction.atomic():
            done.update(run_sweep(sql))
        connection.close()

    with transaction.atomic():
        if first == "sweep":
            run_sweep(sql)
        else:
            Deadline.objects.update(status="met", met_on=TODAY)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(1)
    thread.join(20)
    return done


def test_two_sweeps_share_the_work(committed_db: RealDatabase) -> None:
    cell = chain()[2]
    for _ in range(300):
        deadline(cell)
    one, two = together(lambda: sweep(TODAY, batch=10), lambda: sweep(TODAY, batch=10))
    assert one.deadlines + two.deadlines == 300
    assert Notice.objects.filter(channel="mail", outcome="held").count() == 300
    assert set(Deadline.objects.values_list("rungs_done", flat=True)) == {1}


@pytest.mark.parametrize(("sql", "again"), [(SWEEP, 0), (SWEEP.replace(LOCK, ""), 1)], ids=["locked", "control"])
def test_a_second_sweep_leaves_what_the_first_has_claimed(committed_db: RealDatabase, sql: str, again: int) -> None:
    deadline(chain()[2])
    assert against(sql, "sweep")["deadlines"] == again


@pytest.mark.parametrize(("sql", "said"), [(SWEEP, 0), (SWEEP.replace(LOCK, ""), 2)], ids=["locked", "control"])
def test_a_step_that_closes_a_deadline_is_not_overtaken(committed_db: RealDatabase, sql: str, said: int) -> None:
    one = deadline(chain()[2])
    against(sql, "step")
    one.refresh_from_db()
    assert (one.status, Notice.objects.count()) == ("met", said)


def test_two_deliveries_send_each_letter_once(committed_db: RealDatabase) -> None:
    letters(20)
    counts = together(deliver, deliver)
    assert sum(one["sent"] for one in counts) == 20
    assert len({sent.to[0] for sent in mail.outbox}) == len(mail.outbox) == 20
    assert Attempt.objects.count() == 20


@pytest.mark.parametrize(
    ("sql", "attempts"),
    [(settling.CLAIM, 1), (settling.CLAIM.replace("FOR UPDATE OF l SKIP LOCKED", ""), 2)],
    ids=["locked", "control"],
)
def test_a_letter_is_claimed_by_one(committed_db: RealDatabase, sql: str, attempts: int) -> None:
    letters(1)
    values: dict[str, Any] = {"now": clock.now(), "lease": clock.now(), "loud": True, "channels": ["mail"], "most": 1}
    statement = sql.format(routes=routes())

    def claim() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        thread = threading.Thread(target=claim)
        thread.start()
        thread.join(1)
    thread.join(20)
    assert Attempt.objects.count() == attempts


def test_letters_are_made_once_by_two_at_once(committed_db: RealDatabase) -> None:
    letters(0, cells=15)
    counts = together(make_letters, make_letters)
    assert sum(one["letters"] for one in counts) == 15
    assert Letter.objects.count() == 15


def letters(made: int, cells: int = 0) -> None:
    """Letters to as many secretaries; or (made=0) held notices for so many cells, no letter yet."""
    base = unit(Level.BASE)
    for _ in range(made or cells):
        cell = unit(Level.CELL, base)
        person(Office.CELL_SECRETARY, cell)
        deadline(cell)
    clock.move_to(TODAY)
    sweep()
    if made:
        make_letters()
