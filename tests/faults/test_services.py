"""FLUSHALL, a broker that is gone at commit, a PostgreSQL that restarts under load: afterwards the books are in order."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email.message import Message
from itertools import count

import pytest
from django.conf import settings
from django.db import Error, connections
from knox.models import get_token_model

from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.accounts.session_cookie import signed
from backend.cases.engine import NewCase, perform
from backend.cases.models import Case
from backend.config import env
from backend.config.embedded import places
from backend.config.embedded import postgres as pg
from backend.core import clock
from backend.core.errors import Refused
from backend.core.nudge import _broker, nudge
from backend.organizations.models import Unit
from tests.faults.drills import Drill
from tests.faults.ledger import PATIENCE, letters, query, settled
from tests.faults.machines import Mailbox, Redis, Worker, until
from tests.faults.test_watch import web
from tests.faults.test_worker import LATER, LETTERS
from workflows.workdays import add_months

pytestmark = pytest.mark.fault


def plan(cell: int, month: date) -> None:
    perform(
        Actor.system(), NewCase("meeting", unit_id=cell), "plan", {"kind": "regular", "month": month}, on=clock.today()
    )


@pytest.mark.drill(
    broken="Redis is emptied (FLUSHALL) in the middle of a delivery, and again when the next day's reminders are due",
    expected="Nothing changes",
)
def test_flushall_in_the_middle_changes_nothing(machine: Worker, mailbox: Mailbox, broker: Redis, drill: Drill) -> None:
    mailbox.hold = True
    machine.start()
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    broker.client().flushall()
    mailbox.hold = False
    until(lambda: settled(LETTERS), PATIENCE, "letters go out")
    clock.move_to(LATER)
    broker.client().flushall()
    drill.mended()
    drill.check(mailbox)
    assert query("SELECT count(*) FROM alerts_notice WHERE rung = 7")[0][0] > 0, "the later day's rungs were handled"


@pytest.fixture
def nudged(broker: Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process nudges the drill's own broker."""
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", broker.url)
    _broker.cache_clear()
    yield
    _broker.cache_clear()


@pytest.mark.usefixtures("nudged")
@pytest.mark.drill(
    broken="Redis is killed (-9) in the middle of a delivery, a step is done without it, and it comes back empty",
    expected="The step is done at once; the worker waits for Redis, goes on by itself and does all that is due",
)
def test_a_broker_gone_at_commit_delays_and_loses_nothing(
    machine: Worker, mailbox: Mailbox, broker: Redis, drill: Drill
) -> None:
    """It goes while the worker has a delivery in hand, a step is done without it, and it comes back empty."""
    mailbox.hold = True
    machine.start()
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    broker.kill()
    cell = Unit.objects.filter(level="cell").earliest("pk")
    started = time.monotonic()
    plan(cell.pk, date(2030, 1, 1))
    assert time.monotonic() - started < 5, "nobody waits for a broker that is not there"
    assert Case.objects.filter(unit=cell, exclusive_key="regular:2030-01").count() == 1
    assert nudge("jobs.deliver") is False
    until(lambda: LOST in machine.log(), PATIENCE, "the worker notices")
    mailbox.hold = False
    until(lambda: "sent" in letters(), PATIENCE, "what the worker has in hand it ends")
    broker.start()
    drill.mended()
    until(lambda: settled(LETTERS), PATIENCE, "the worker goes on with a broker that knows nothing")
    clock.move_to(LATER)
    drill.check(mailbox)
    assert machine.process is not None
    assert machine.process.poll() is None, "the worker is the one that was started"
    assert query("SELECT count(*) FROM alerts_notice WHERE rung = 7")[0][0] > 0, "the later day's rungs were handled"
    assert nudge("jobs.sweep") is True


LOST = "Connection to broker lost"
UNREACHABLE = 20
"""Seconds instead of an hour: ten times the longest interval of the drill, as an hour is of an installation's."""


@pytest.mark.usefixtures("nudged")
@pytest.mark.drill(
    broken=f"Redis is unreachable for {UNREACHABLE} s (an hour, shortened): lines to it are open and nothing is answered",
    expected="Steps do not wait for it; when it answers again the worker goes on by itself and does all that is due",
)
def test_a_broker_that_does_not_answer_delays_and_loses_nothing(
    machine: Worker, mailbox: Mailbox, broker: Redis, drill: Drill
) -> None:
    mailbox.hold = True
    machine.start()
    until(lambda: mailbox.holding, PATIENCE, "the first letter reaches the server")
    broker.fall_silent()
    try:
        mailbox.hold = False
        clock.move_to(LATER)
        cell = Unit.objects.filter(level="cell").earliest("pk")
        started = time.monotonic()
        plan(cell.pk, date(2030, 1, 1))
        assert time.monotonic() - started < 5, "nobody waits for a broker that does not answer"
        assert nudge("jobs.deliver") is False
        time.sleep(UNREACHABLE)
    finally:
        broker.speak()
    drill.mended()
    drill.check(mailbox)
    assert machine.process is not None
    assert machine.process.poll() is None, "the worker is the one that was started"
    assert query("SELECT count(*) FROM alerts_notice WHERE rung = 7")[0][0] > 0, "the later day's rungs were handled"


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="restarts the embedded PostgreSQL only")
@pytest.mark.drill(
    broken="PostgreSQL is killed (immediate), restarted and killed again under load: people's steps and a delivery",
    expected="What was answered is there once, with its event; the letter under way is possibly twice",
)
def test_postgresql_restarted_under_load(machine: Worker, mailbox: Mailbox, drill: Drill) -> None:
    """Killed without a word in the middle of steps and of a delivery, then restarted properly in the middle of steps."""
    cells = list(Unit.objects.filter(level="cell").order_by("pk").values_list("pk", flat=True))
    mailbox.hold = True
    machine.start()
    with steps(cells) as done:
        until(lambda: mailbox.holding and len(done) > 20, PATIENCE, "a letter is under way, and steps are done")
        restart("immediate")
        mailbox.hold = False
        for mode in ("fast", "immediate"):
            so_far = len(done)
            until(lambda: len(done) > so_far + 20, PATIENCE, "steps are done again")  # noqa: B023  (called at once)
            restart(mode)
    connections.close_all()
    drill.mended()
    until(lambda: settled(LETTERS), PATIENCE, "the worker goes on after the restarts")
    drill.check(mailbox)
    assert letters().get("possibly_twice", 0) >= 1, "the answer to the letter under way was lost with the server"
    assert len(done) == len(set(done)), "each step was answered once"
    kept = query(_PLANNED)
    assert {(unit, key) for unit, key, *_ in kept} >= set(done), "what was answered is there"
    assert {(version, events) for *_, version, events in kept} == {(1, 1)}, "and once, with its event"
    assert len(kept) == len({row[:2] for row in kept})


_PLANNED = """
SELECT unit_id, exclusive_key, version, (SELECT count(*) FROM audit_event e WHERE e.case_id = c.id)
FROM cases_case c WHERE exclusive_key >= 'regular:2030'
"""


@contextmanager
def steps(cells: list[int]) -> Iterator[list[tuple[int, str]]]:
    """Two threads that plan meetings one after the other; what was answered. A step without an answer is asked again."""
    done: list[tuple[int, str]] = []
    stop = threading.Event()

    def work(own: list[int]) -> None:
        for turn in count():
            cell, month = own[turn % len(own)], add_months(date(2030, 1, 1), turn // len(own))
            while not _answered(cell, month):
                if stop.wait(0.05):
                    return
            done.append((cell, f"regular:{month:%Y-%m}"))
            if stop.is_set():
                return

    threads = [threading.Thread(target=work, args=[cells[place::2]], daemon=True) for place in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def _answered(cell: int, month: date) -> bool:
    try:
        plan(cell, month)
    except Refused:  # it was done; the answer was lost
        return True
    except Error:
        connections.close_all()
        return False
    return True


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="stops the embedded PostgreSQL only")
def test_while_postgresql_is_away_every_door_says_so_and_when_to_come_back(environment: dict[str, str]) -> None:
    holder = User.objects.earliest("pk")
    _kept, token = get_token_model().objects.create(holder)
    connections.close_all()
    signed_in = {"Authorization": f"Token {token}"}
    with web({**environment, "SECRET_KEY": settings.SECRET_KEY}) as address:  # what signs the cookie of a session
        until(lambda: asked(f"{address}/api/v1/me/", signed_in)[0] == 200, PATIENCE, "the web answers")
        server("stop", "immediate")
        try:
            away = [asked(f"{address}{path}", signed_in) for path in ("/api/v1/me/", "/api/v1/cases/1/", "/api/v1/me/")]
            page = asked(f"{address}/", {"Cookie": f"sessionid={signed('abcdefghijklmnopqrstuvwxyz123456')}"})
        finally:
            server("start")
        until(lambda: asked(f"{address}/api/v1/me/", signed_in)[0] == 200, PATIENCE, "the web goes on by itself")
    for status, headers, body in away:
        assert (status, headers["Retry-After"], headers["Content-Type"]) == (503, "5", "application/problem+json")
        assert json.loads(body)["code"] == "database_away"
    assert (page[0], page[1]["Retry-After"]) == (503, "5")
    assert "Traceback" not in page[2]


def asked(address: str, headers: dict[str, str]) -> tuple[int, Message, str]:
    """Status, headers and body, whatever the status is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as said:
        return said.code, said.headers, said.read().decode()


def restart(mode: str) -> None:
    server("restart", mode)


def server(doing: str, mode: str = "fast") -> None:
    place = places.find(env.local_dir())
    words = ["-D", place.home / "postgres", "-m", mode, "-w", "-t", "60", "-l", place.home / "log" / "postgres.log"]
    done = place.run([pg._programs(place) / "pg_ctl", *words, doing])
    assert done.returncode == 0, done.stdout
