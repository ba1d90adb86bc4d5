"""A PostgreSQL killed in the middle of a sweep, and one whose disk is full: afterwards the books are in order."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from backend.alerts.sweep import months_due
from backend.config import embedded, env
from backend.config.embedded import places
from backend.core import clock
from backend.core.partitions import ensure_month
from backend.organizations.models import Unit
from tests.faults.conftest import TODAY
from tests.faults.drills import Drill
from tests.faults.ledger import PATIENCE, at_gate, gate, letters, query, settled
from tests.faults.machines import Mailbox, Worker, until
from tests.faults.test_services import LATER, plan, restart
from tests.faults.test_worker import LETTERS
from tests.realdb import RealDatabase

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="breaks the embedded PostgreSQL only"),
]
MEGABYTES = 4
ROOM = 64 * 1024
"""Bytes left on the full disk: a statement begins to write there and does not end."""
FAILED = "SELECT count(*) FROM alerts_heartbeat WHERE job = 'sweep' AND error <> ''"


@contextmanager
def superuser(database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    running = embedded.ensure(env.local_dir(), postgres=True, redis=False)
    with psycopg.connect(
        host=running.sockets, user="postgres", password=running.passwords["superuser"], dbname=database, autocommit=True
    ) as server:
        yield server


@pytest.fixture
def durable(commune: RealDatabase) -> Iterator[None]:
    """The tests' server waits for its disk, as an installation's does, for as long as this drill takes."""
    _set_fsync("on")
    yield
    _set_fsync("off")


def _set_fsync(value: str) -> None:
    with superuser() as server:
        server.execute(f"ALTER SYSTEM SET fsync = {value}")
        server.execute("SELECT pg_reload_conf()")
    until(lambda: query("SHOW fsync") == [(value,)], PATIENCE, f"fsync is {value}")
    with superuser() as server:
        server.execute("CHECKPOINT")


@pytest.mark.usefixtures("durable")
@pytest.mark.drill(
    broken="PostgreSQL is killed (immediate), later restarted (fast), each time while a sweep has claimed its deadlines"
    " and not committed yet",
    expected="Nothing of such a sweep stays; the worker comes back by itself and the next sweep does all of it",
)
def test_postgresql_killed_in_the_middle_of_a_sweep(
    commune: RealDatabase, machine: Worker, mailbox: Mailbox, drill: Drill
) -> None:
    with gate(commune, "alerts_notice"):
        machine.start()
        until(at_gate, PATIENCE, "a sweep has written everything and not committed it")
        assert query("SELECT count(*) FROM alerts_notice") == [(0,)]
        restart("immediate")
        connections.close_all()
    until(lambda: settled(LETTERS), PATIENCE, "the worker goes on after the kill")
    with gate(commune, "alerts_notice"):
        before = query("SELECT count(*) FROM alerts_notice")
        clock.move_to(LATER)
        until(at_gate, PATIENCE, "the later day's sweep has written everything and not committed it")
        assert query("SELECT count(*) FROM alerts_notice") == before
        restart("fast")
        connections.close_all()
    drill.mended()
    seen = drill.check(mailbox)
    assert seen.due > before[0][0], "the later day's rungs were handled"
    assert seen.fates.get("possibly_twice", 0) == 0, "no letter was under way"
    assert drill.fsync == "on"
    assert machine.process is not None
    assert machine.process.poll() is None, "the worker is the one that was started"


@pytest.mark.usefixtures("durable")
@pytest.mark.drill(
    broken="The disk under PostgreSQL's notices is full: a tablespace of 4 MB with 64 kB left",
    expected="No sweep comes through, steps do; once there is room again the next sweep does all of it",
)
def test_the_disk_full_under_the_notices(
    commune: RealDatabase, machine: Worker, mailbox: Mailbox, drill: Drill
) -> None:
    with small_disk() as disk, notices_on(disk, commune):
        ballast = disk / "ballast"
        fill(ballast)
        machine.start()
        until(lambda: query(FAILED) >= [(2,)], PATIENCE, "two sweeps fail")
        assert query("SELECT DISTINCT error FROM alerts_heartbeat WHERE error <> ''") == [("OperationalError",)]
        assert (query("SELECT count(*) FROM alerts_notice"), letters()) == ([(0,)], {})
        cell = Unit.objects.filter(level="cell").earliest("pk")
        plan(cell.pk, date(2030, 1, 1))
        ballast.unlink()
        drill.mended()
        until(lambda: settled(LETTERS), PATIENCE, "letters go out")
        drill.check(mailbox)
        machine.kill()
    assert letters() == {"sent": LETTERS}
    assert set(mailbox.accepted.values()) == {1}


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of a few megabytes that belongs to PostgreSQL's account; skips where the system allows none.

    Root mounts it. Anybody else mounts it in a namespace of their own, which a sleeping process holds; to processes
    of the same account its files are there under /proc.
    """
    place = places.find(env.local_dir())
    folder = place.own(place.home / "small-disk")
    try:
        with _mounted(folder) if os.geteuid() == 0 else _in_a_namespace(folder) as disk:
            yield disk
    finally:
        folder.rmdir()


@contextmanager
def _mounted(folder: Path) -> Iterator[Path]:
    owner = folder.stat()
    options = f"size={MEGABYTES}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"A small disk cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def _in_a_namespace(folder: Path) -> Iterator[Path]:
    script = f"mount -t tmpfs -o size={MEGABYTES}m,mode=0700 tmpfs '{folder}' && echo mounted && exec sleep 3600"
    words = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as holder:
        assert holder.stdout is not None
        if (said := holder.stdout.readline().strip()) != "mounted":
            pytest.skip(f"A small disk cannot be mounted here, not even in a namespace of one's own: {said}")
        try:
            yield Path(f"/proc/{holder.pid}/root{folder}")
        finally:
            holder.kill()


@contextmanager
def notices_on(disk: Path, database: RealDatabase) -> Iterator[None]:
    """The tables of all months due, and their indexes, lie on the disk until the end of the block."""
    for month in months_due(TODAY):
        ensure_month("alerts_notice", month)
    place = places.find(env.local_dir())
    folder = place.own(disk / "tables")
    with superuser() as server:
        server.execute(f"CREATE TABLESPACE drill LOCATION '{folder}'")
    try:
        _move(database, "drill")
        yield
    finally:
        connections.close_all()
        _move(database, "pg_default")
        with superuser() as server:
            server.execute("DROP TABLESPACE drill")


def _move(database: RealDatabase, space: str) -> None:
    with superuser(database.name) as server:
        tables = server.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'alerts_notice'::regclass"
        ).fetchall()
        for (table,) in tables:
            server.execute(f"ALTER TABLE {table} SET TABLESPACE {space}")
            for (index,) in server.execute(
                "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass", [table]
            ).fetchall():
                server.execute(f"ALTER INDEX {index} SET TABLESPACE {space}")


def fill(ballast: Path) -> None:
    """Write until the disk is full but for `ROOM`."""
    status = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        file.write(b"\0" * max(status.f_bavail * status.f_frsize - ROOM, 0))
