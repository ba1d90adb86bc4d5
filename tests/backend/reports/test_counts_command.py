"""`manage.py counts`, the walls around its table, and how figures are looked up."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from backend.core.db import scoped
from backend.reports import reading
from backend.reports.models import DailyCount
from tests.roles import as_role
from tests.world import TODAY, make_world

pytestmark = pytest.mark.django_db


def test_everything_is_counted_anew_on_demand_alone() -> None:
    world, out = make_world(), StringIO()
    world.members(2)
    with pytest.raises(CommandError) as refused:
        call_command("counts")
    assert refused.value.returncode == 2
    assert DailyCount.objects.count() == 0
    with as_role("chibo_jobs"):
        call_command("counts", rebuild=True, stdout=out)
    assert int("".join(filter(str.isdigit, out.getvalue()))) > 5
    assert DailyCount.objects.get(unit_path=world.province.path, figure="member").value == 2


def test_only_the_jobs_count() -> None:
    world = make_world()
    row = {"unit_path": world.cell.path, "figure": "member", "day": TODAY, "value": 9}
    with as_role("chibo_app"), scoped(world.cell.path):
        with pytest.raises(DatabaseError), transaction.atomic():
            DailyCount.objects.create(**row)
        assert DailyCount.objects.count() == 0


def test_a_figure_is_looked_up_by_the_whole_key() -> None:
    """Behind the wall too: unit, figure and day are one range of the index, read backwards from the day."""
    world = make_world()
    with as_role("chibo_app"), scoped(world.province.path), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        asked = {"paths": [world.commune.path], "figures": ["member"], "days": [TODAY]}
        cursor.execute(f"EXPLAIN {reading._VALUES}", asked)
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "Index Scan Backward using reports_dailycount_pkey" in plan
    (condition,) = [line for line in plan.splitlines() if "Index Cond" in line]
    assert all(part in condition for part in ("unit_path = ", "figure)::text = ", "day <= "))
