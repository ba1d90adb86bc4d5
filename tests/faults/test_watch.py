"""A worker that dies is told of by the web process: without worker, beat and Redis."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from backend.organizations.models import Unit
from tests.faults.conftest import TODAY
from tests.faults.ledger import PATIENCE, query, settled
from tests.faults.machines import ROOT, Mailbox, Redis, Worker, free_port, until
from tests.faults.test_worker import LETTERS
from tests.world import person
from workflows.offices import Level, Office

pytestmark = pytest.mark.fault


@contextmanager
def web(environment: dict[str, str]) -> Iterator[str]:
    """gunicorn as `make run` starts it, but for the times; gives its address."""
    address = f"127.0.0.1:{free_port()}"
    words = ["-m", "gunicorn", "backend.config.wsgi", "--bind", address, "--workers", "1", "--log-level", "warning"]
    times = {"CHIBO_ROLE": "app", "CHIBO_WATCH_SECONDS": "1", "CHIBO_STUCK_SECONDS": "3"}
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env={**os.environ, **environment, **times})
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait()


def get(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=5) as answer:
        return answer.status, answer.read().decode()


def seen_to_end() -> set[str]:
    return {job for (job,) in query("SELECT job FROM alerts_pulse WHERE ended_at IS NOT NULL")}


def open_incidents() -> set[str]:
    return {part for (part,) in query("SELECT part FROM alerts_incident WHERE ended_at IS NULL")}


def test_smoke_a_dead_worker_is_told_of_without_it(
    machine: Worker, mailbox: Mailbox, broker: Redis, environment: dict[str, str]
) -> None:
    province = Unit.objects.get(level=Level.PROVINCE)
    person("admin", Office.ADMINISTRATOR, province, since=TODAY)
    machine.start()
    with web(environment) as address:
        until(lambda: {"beat", "sweep", "deliver", "seal"} <= seen_to_end(), PATIENCE, "runs")
        until(lambda: settled(LETTERS), PATIENCE, "the letters went out")
        until(lambda: not open_incidents(), PATIENCE, "all is well")
        before = len(mailbox.accepted)
        machine.kill()
        broker.kill()
        until(lambda: {"beat", "sweep", "deliver", "seal"} <= open_incidents(), PATIENCE, "they are missed")
        until(lambda: len(mailbox.accepted) > before, PATIENCE, "the administrator is told")
        assert get(f"{address}/readyz") == (200, "database: ok\nmigrations: ok\nbroker: away\n")
        broker.start()
        machine.start()
        until(lambda: not open_incidents(), PATIENCE, "what runs again is no incident any more")
