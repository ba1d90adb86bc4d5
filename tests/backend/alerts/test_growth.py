"""Making letters costs in proportion to the notices, whatever becomes of them: nobody's, muted, or sent."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection

from backend.alerts.letters import make_letters
from backend.alerts.models import Notice
from backend.alerts.preferences import Preferences, choose
from backend.core import clock
from backend.core.partitions import ensure_month
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)
FEW, MANY = 1_000, 8_000
COPIES = """
INSERT INTO deadlines_deadline
SELECT (jsonb_populate_record(d, jsonb_build_object('id', d.id + k, 'subject_id', d.subject_id + k))).*
FROM deadlines_deadline d, generate_series(1, %(count)s) k WHERE d.id = %(id)s
"""
HELD = """
INSERT INTO alerts_notice (month, deadline_id, rung, rung_on, kind, levels_up, office, unit_id, unit_path, about_path,
  channel, critical, outcome, reason, reason_params, created_at)
SELECT date_trunc('month', %(day)s::date), %(id)s + k, 0, %(day)s, 'remind', 0, 'cell_secretary', %(unit)s, %(path)s,
  %(path)s, 'mail', false, 'held', '', '{}', %(now)s FROM generate_series(1, %(count)s) k
"""


def seconds(count: int, holder: dict[str, Any] | None, wanted: Preferences, became: str) -> float:
    """How long the morning takes for so many notices of one cell."""
    cell = chain()[2]
    if holder is not None:
        choose(person(Office.CELL_SECRETARY, cell, **holder), wanted)
    one = deadline(cell)
    ensure_month("alerts_notice", FIRST.replace(day=1))
    values = {"count": count, "id": one.pk, "day": FIRST, "unit": cell.pk, "path": cell.path, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(COPIES, values)
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('deadlines_deadline', 'id'), {one.pk + count})")
        cursor.execute(HELD, values)
        cursor.execute("ANALYZE")
    begun = time.perf_counter()
    made = make_letters(FIRST, force_morning=True)
    taken = time.perf_counter() - begun
    assert made[became] == count
    Notice.objects.update(outcome="sent")
    return taken


@pytest.mark.parametrize(
    ("holder", "wanted", "became"),
    [
        (None, Preferences(), "vacant_office"),
        ({"email": ""}, Preferences(), "no_address"),
        ({}, Preferences(muted=("mail",)), "muted_by_person"),
        ({}, Preferences(), "enclosed"),
    ],
)
def test_eight_times_the_notices_take_no_sixty_four_times_as_long(
    holder: dict[str, Any] | None, wanted: Preferences, became: str
) -> None:
    clock.move_to(FIRST)
    few, many = (seconds(count, holder, wanted, became) for count in (FEW, MANY))
    assert many < 24 * few, f"{FEW}: {few:.2f} s, {MANY}: {many:.2f} s"
