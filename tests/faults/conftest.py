"""A commune whose deadlines are due, and everything that works on them as real processes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from backend.core import clock
from tests.backend.alerts.rows import CALENDAR, DUE, deadline
from tests.faults import drills
from tests.faults.machines import Mailbox, Redis, Worker, own_redis, smtp_server, worker
from tests.realdb import RealDatabase
from tests.world import person, unit
from workflows.offices import Level, Office

TODAY: date = CALENDAR.add_working_days(DUE, 1)
CELLS = 8
_DRILL = pytest.StashKey[drills.Drill]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A drill that passed leaves its row (`drills.keep`)."""
    report = yield
    if report.when == "call" and report.passed and (done := item.stash.get(_DRILL, None)):
        drills.keep(done)
    return report


@pytest.fixture
def drill(request: pytest.FixtureRequest) -> drills.Drill:
    """The drill that the test is, with what its marker says of it."""
    request.node.stash[_DRILL] = begun = drills.begin(request)
    return begun


@pytest.fixture
def commune(committed_db: RealDatabase) -> RealDatabase:
    """Cells with a secretary and three late deadlines each, under committees with both their offices filled.

    Units and offices stand in the log, since today: no meeting of the months before is asked for.
    """
    clock.move_to(TODAY)
    province = unit("87", "Tỉnh", Level.PROVINCE, on=TODAY)
    base = unit("87.107", "Xã", Level.BASE, province, on=TODAY)
    for committee in (province, base):
        for office in (Office.COMMITTEE_SECRETARY, Office.ORGANISATION_OFFICER):
            person(f"{office.value}-{committee.code}", office, committee, since=TODAY)
    for number in range(1, CELLS + 1):
        cell = unit(f"87.107.000.000.{number:03}", f"Chi bộ {number}", Level.CELL, base, on=TODAY)
        person(f"secretary{number}", Office.CELL_SECRETARY, cell, since=TODAY)
        for _ in range(3):
            deadline(cell)
    return committed_db


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as kept:
        yield kept


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    with own_redis(tmp_path) as server:
        yield server


@pytest.fixture
def environment(commune: RealDatabase, mailbox: Mailbox, broker: Redis) -> dict[str, str]:
    """A worker's environment: this database, this Redis, this SMTP server, short intervals."""
    return {
        **commune.environment(), "REDIS_URL": broker.url, "CHIBO_ROLE": "jobs", "CHIBO_MOVABLE_DATE": "1",
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.local", "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mailbox.port), "CHIBO_SWEEP_SECONDS": "1", "CHIBO_DELIVERY_SECONDS": "1",
        "CHIBO_SEAL_SECONDS": "1", "CHIBO_DELIVERY_LEASE_SECONDS": "3", "CHIBO_DELIVERY_RETRY_SECONDS": "1",
        "CHIBO_SIGNING_KEY": settings.CHIBO_SIGNING_KEY,
    }  # fmt: skip


@pytest.fixture
def machine(environment: dict[str, str], tmp_path: Path) -> Iterator[Worker]:
    with worker(environment, tmp_path) as one:
        yield one
