"""The access log is written by one function, changed by nobody, and let go by whole months when its time is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg
import pytest
import time_machine
from django.db import DatabaseError, transaction
from psycopg.errors import InsufficientPrivilege

from backend.accesses.keeping import drop_accesses, kept_since
from backend.accesses.models import Access
from backend.accesses.noting import Look, note
from backend.accounts.policy import Actor
from backend.core.clock import now
from backend.core.db import WHOLE, scoped
from backend.core.partitions import ensure_month
from tests.backend.audit.events import rows
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import make_world
from workflows.workdays import add_months, month_start


def months() -> list[str]:
    found = rows(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'accesses_access'::regclass ORDER BY 1"
    )
    return [name for (name,) in found]


@pytest.mark.django_db
def test_months_are_let_go_when_all_of_them_is_older_than_the_law_says() -> None:
    this = month_start(now().date())
    made = [add_months(this, -back) for back in (0, 23, 24, 25, 40)]
    for month in made:
        ensure_month("accesses_access", month)
    with as_role("chibo_jobs"):
        dropped = drop_accesses()
        assert drop_accesses() == []
    name = "accesses_access_{:%Y_%m}".format
    assert dropped == sorted(map(name, made[3:])), "of the month 24 months ago some days are younger"
    assert {*map(name, made[:3])} <= set(months())


def test_two_years_are_kept() -> None:
    assert kept_since(date(2026, 11, 29)) == date(2024, 11, 29)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs"])
def test_nobody_lets_go_of_what_is_younger(role: str) -> None:
    ensure_month("accesses_access", month_start(now().date()))
    before = months()
    with (
        as_role(role),
        pytest.raises(DatabaseError, match=r"kept for 24 months|permission denied"),
        transaction.atomic(),
    ):
        rows("SELECT chibo_drop_accesses(%s)", [now().date()])
    assert months() == before


@pytest.mark.django_db
def test_a_clock_set_forward_lets_nothing_go() -> None:
    """The floor is the database's own clock."""
    ensure_month("accesses_access", month_start(now().date()))
    before = months()
    with (
        time_machine.travel(datetime(2040, 1, 1, tzinfo=UTC)), as_role("chibo_jobs"),
        pytest.raises(DatabaseError, match="kept for 24 months"), transaction.atomic(),
    ):  # fmt: skip
        drop_accesses()
    assert months() == before


@pytest.mark.real
def test_no_role_writes_past_the_function_or_changes_a_row(committed_db: RealDatabase) -> None:
    world = make_world()
    member = world.member("Trần Thị Mới")
    with scoped(WHOLE):
        note(world.actor("secretary"), Look("members/{member_id}/", member.pk))
    for role in ("app", "jobs"):
        with psycopg.connect(committed_db.url(role), autocommit=True) as own:
            for sql in (
                "UPDATE accesses_access SET purpose = 'oversight'", "DELETE FROM accesses_access", "TRUNCATE accesses_access",
                "INSERT INTO accesses_access SELECT * FROM accesses_access",
            ):  # fmt: skip
                with pytest.raises(InsufficientPrivilege):
                    own.execute(sql)
    for sql in ("UPDATE accesses_access SET purpose = 'oversight'", "DELETE FROM accesses_access"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows(sql)
    assert Access.objects.get().purpose == "cell_work"


@pytest.mark.django_db
def test_chibo_itself_leaves_no_look() -> None:
    with scoped(WHOLE):
        note(Actor.system(), Look("members/", count=3))
        note(Actor.operator("ann"), Look("members/", count=3))
    assert not Access.objects.exists()
