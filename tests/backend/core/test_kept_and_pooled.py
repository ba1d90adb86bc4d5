"""No scope outlives its transaction: in a pool, from request to request on one connection, in tasks, in a broken stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection
from psycopg_pool import ConnectionPool
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.alerts.sweep import sweep
from backend.core.db import scoped
from backend.jobs import tasks
from backend.members.models import Member
from tests.api.conftest import ON
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world

pytestmark = pytest.mark.real
SETTINGS = "SELECT coalesce(current_setting('chibo.path', true), ''), coalesce(current_setting('chibo.user', true), '')"
COUNT = "SELECT count(*) FROM members_member"


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    """Three members here, two in the other cell."""
    cache.clear()
    made = make_world()
    made.members(3)
    made.members(2, unit=made.other)
    return made


@contextmanager
def pool(database: RealDatabase) -> Iterator[ConnectionPool[psycopg.Connection[Any]]]:
    """One connection for all who come."""
    with ConnectionPool(database.url("app"), min_size=1, max_size=1, open=True) as one:
        yield one


def scope(borrowed: psycopg.Connection[Any], path: str) -> None:
    borrowed.execute("SELECT set_config('chibo.path', %s, true), set_config('chibo.user', '1', true)", [path])


def seen(borrowed: psycopg.Connection[Any]) -> tuple[Any, Any]:
    return borrowed.execute(SETTINGS).fetchone(), borrowed.execute(COUNT).fetchone()


def test_whoever_borrows_next_from_a_pool_sees_nothing(world: World, committed_db: RealDatabase) -> None:
    with pool(committed_db) as one:
        for ending in ("commit", "rollback", "error", "left open"):
            with one.connection() as borrowed:
                backend = borrowed.info.backend_pid
                scope(borrowed, world.cell.path)
                assert seen(borrowed)[1] == (3,)
                _end(borrowed, ending)
            with one.connection() as borrowed:
                assert borrowed.info.backend_pid == backend, "the same connection"
                assert seen(borrowed) == (("", ""), (0,)), ending
                scope(borrowed, world.other.path)
                assert seen(borrowed)[1] == (2,)


def _end(borrowed: psycopg.Connection[Any], ending: str) -> None:
    if ending == "error":
        with pytest.raises(psycopg.errors.DivisionByZero):
            borrowed.execute("SELECT 1/0")
    if ending in {"error", "rollback"}:
        borrowed.rollback()
    if ending == "commit":
        borrowed.commit()


def left_behind() -> tuple[str, str]:
    """What this connection still has of a scope, outside any transaction."""
    assert not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        found: tuple[str, str] = cursor.fetchone()
    return found


def client(name: str) -> APIClient:
    made = APIClient()
    made.force_authenticate(User.objects.get(username=name))
    return made


def test_requests_of_two_cells_on_one_connection_see_each_its_own(world: World) -> None:
    here, there = client("secretary"), client("other_secretary")
    with as_role("chibo_app"):
        for _ in range(3):
            for knocking, count in ((here, 3), (there, 2)):
                assert len(knocking.get("/api/v1/members/").json()["results"]) == count
                assert left_behind() == ("", "")
        refused = here.post("/api/v1/cases/", {"lifecycle": "nothing"})
        assert (refused.status_code, left_behind()) == (400, ("", ""))
        assert here.get(f"/api/v1/units/{world.other.pk}/").status_code == 404
        assert left_behind() == ("", "")
        assert Member.objects.count() == 0


def test_a_task_leaves_no_scope_and_needs_none(world: World) -> None:
    with as_role("chibo_jobs"):
        with scoped(world.cell.path):
            assert Member.objects.count() == 5, "the jobs have a policy of their own"
        assert left_behind() == ("", "")
        for run in (tasks.sweep, tasks.seal):
            run()
            assert left_behind() == ("", "")


def test_a_stream_that_nobody_reads_to_its_end_leaves_no_scope(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    world.probation(new, date(2025, 9, 10))
    sweep(ON)
    reader = client("secretary")
    with as_role("chibo_app"):
        answer = reader.get("/api/v1/alerts/ledger/csv/")
        lines = iter(answer)
        assert next(lines)
        assert connection.in_atomic_block, "read in a transaction of its own"
        answer._iterator.close()  # the client went away
        assert left_behind() == ("", "")
        assert Member.objects.count() == 0
        whole = b"".join(reader.get("/api/v1/alerts/ledger/csv/")).decode().splitlines()
        assert len(whole) > 1
        assert left_behind() == ("", "")
