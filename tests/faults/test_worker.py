"""kill -9, FLUSHALL, a broker that is gone, a database that restarts: afterwards the books are in order."""

from __future__ import annotations

import os
import time

import pytest
from django.conf import settings
from django.db import connections

from backend.config import env
from backend.config.embedded import places
from backend.config.embedded import postgres as pg
from backend.core import clock
from backend.core.nudge import _broker, nudge
from tests.backend.alerts.rows import CALENDAR, DUE
from tests.faults.conftest import CELLS
from tests.faults.ledger import check, letters, query, settled
from tests.faults.machines import Mailbox, Redis, Worker, until

pytestmark = pytest.mark.fault
LETTERS = CELLS + 2
PATIENCE = 60
"""Seconds for what takes two on a quiet machine."""


def test_smoke_a_worker_killed_in_a_delivery_loses_and_hides_nothing(machine: Worker, mailbox: Mailbox) -> None:
    mailbox.hold = True
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    machine.kill()
    assert letters() == {"held": LETTERS}
    mailbox.hold = False
    machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "the next worker delivers the rest")
    check(mailbox)
    assert letters()["possibly_twice"] >= 1, "the letter under way when the worker died may have arrived twice"


def test_a_worker_killed_again_and_again_comes_through(machine: Worker, mailbox: Mailbox) -> None:
    for pause in (4.0, 3.2, 3.6, 4.1):
        time.sleep(pause)
        machine.kill()
        machine.start()
    until(lambda: settled(LETTERS), PATIENCE, "the last worker finishes")
    check(mailbox)


def test_flushall_in_the_middle_changes_nothing(machine: Worker, mailbox: Mailbox, broker: Redis) -> None:
    mailbox.hold = True
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    broker.client().flushall()
    mailbox.hold = False
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    clock.move_to(CALENDAR.add_working_days(DUE, 6))
    broker.client().flushall()
    until(lambda: not query(_UNDONE), PATIENCE, "the next day's rungs are handled after FLUSHALL")


def test_without_a_broker_nothing_is_lost_only_later(
    machine: Worker, mailbox: Mailbox, broker: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    broker.kill()
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", broker.url)
    _broker.cache_clear()
    started = time.monotonic()
    assert nudge("jobs.sweep") is False
    assert time.monotonic() - started < 5
    time.sleep(3)  # what the worker had in hand is done
    clock.move_to(CALENDAR.add_working_days(DUE, 6))
    time.sleep(2)
    assert query(_UNDONE) != [], "nobody brought the worker its work"
    broker.start()
    until(lambda: not query(_UNDONE), 60, "the worker finds the work when the broker is back")
    assert nudge("jobs.sweep") is True
    _broker.cache_clear()


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="restarts the embedded PostgreSQL only")
def test_postgresql_restarted_under_load(machine: Worker, mailbox: Mailbox) -> None:
    until(lambda: query("SELECT 1 FROM alerts_letter"), PATIENCE, "letters are made")
    for mode in ("immediate", "fast"):
        _restart(mode)
        connections.close_all()
        time.sleep(1)
    until(lambda: settled(LETTERS), PATIENCE, "the worker goes on after the restarts")
    check(mailbox)


_UNDONE = "SELECT id FROM deadlines_deadline WHERE next_rung_on <= (SELECT day FROM core_businessdate) LIMIT 1"


def _restart(mode: str) -> None:
    place = places.find(env.local_dir())
    words = ["-D", place.home / "postgres", "-m", mode, "-w", "-t", "60", "-l", place.home / "log" / "postgres.log"]
    done = place.run([pg._programs(place) / "pg_ctl", *words, "restart"])
    assert done.returncode == 0, done.stdout
