"""The fixtures that give a test committed transactions must themselves be true."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, transaction

from backend.core.models import BusinessDate
from tests.realdb import RealDatabase, together
from tests.roles import as_role


def _user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        name: str = cursor.fetchone()[0]
        return name


@pytest.mark.parametrize("round_", [1, 2])
def test_committed_db_starts_empty_each_time_and_keeps_what_threads_commit(
    committed_db: RealDatabase, round_: int
) -> None:
    assert BusinessDate.objects.count() == 0
    together(*[lambda n=n: BusinessDate.objects.create(pk=n) for n in (1, 2, 3)])
    assert set(BusinessDate.objects.values_list("pk", flat=True)) == {1, 2, 3}


def test_committed_db_can_be_reached_by_other_processes_under_their_own_role(committed_db: RealDatabase) -> None:
    BusinessDate.objects.create(pk=7)
    for role in ("owner", "app", "jobs"):
        with psycopg.connect(committed_db.url(role)) as other:
            row = other.execute("SELECT current_user, (SELECT id FROM core_businessdate)").fetchone()
        assert row == (f"chibo_{role}", 7)


def test_together_raises_what_a_thread_raised(committed_db: RealDatabase) -> None:
    def fail() -> None:
        raise ValueError("from the thread")

    with pytest.raises(ValueError, match="from the thread"):
        together(fail, lambda: None)


@pytest.mark.django_db
def test_as_role_steps_down_and_back() -> None:
    owner = _user()
    with as_role("chibo_app"):
        assert _user() == "chibo_app"
    assert _user() == owner


@pytest.mark.django_db
def test_as_role_steps_back_after_a_failure_in_a_savepoint() -> None:
    owner = _user()
    with pytest.raises(ValueError, match="no"), as_role("chibo_jobs"), transaction.atomic():
        raise ValueError("no")
    assert _user() == owner
