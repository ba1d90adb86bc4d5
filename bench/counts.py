"""The counts of the country's overviews: histories to be counted, one cell counted by the product, all others like it.

Every cell of the country is a copy, and the years of its people too: what the product counts in one of them holds for each,
and so many times for what stands above. Some are counted by the product afterwards: the run fails if it puts anything right.
"""

from __future__ import annotations

import psycopg
from django.db import transaction

from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.reports.counting import EVER, recount
from backend.reports.figures import PLANNED
from backend.reports.plans import Target, enter
from bench.country import FIRST, Country
from bench.database import under
from bench.rows import multiply
from workflows.offices import Level, Office

MONTHS, STRETCHES = 6, 5
"""Months back in which each cell has met, and days on which its people came, some at a time."""
CHECKED = 3
"""Cells that are counted again, with their commune and province."""

_STOOD = f"""
INSERT INTO organizations_unitspell (unit_id, name, code, level, parent_id, path_then, unit_path, valid, recorded_at)
SELECT id, name, code, level, parent_id, path, path, daterange(current_date - 400, NULL), now()
FROM organizations_unit WHERE id > {FIRST}
"""
_ADMITTED = f"""
UPDATE members_member m SET joined_on = date_trunc('year', current_date)::date
FROM (SELECT max(id) AS id FROM members_member WHERE unit_id > {FIRST} GROUP BY unit_id) x WHERE m.id = x.id
"""
_ALIKE = f"""
INSERT INTO reports_dailycount (unit_path, figure, day, value)
SELECT u.path, c.figure, c.day, c.value * b.cells
FROM organizations_unit u
CROSS JOIN LATERAL (SELECT count(*) AS cells FROM organizations_unit o
  WHERE o.level = '{Level.CELL}' AND o.path >= u.path AND o.path < u.path || '~') b
JOIN reports_dailycount c ON c.unit_path = %s
WHERE u.id > {FIRST}
ON CONFLICT (unit_path, figure, day) DO UPDATE SET value = excluded.value
"""


def make_counts(owner: psycopg.Connection, country: Country) -> None:
    """Daily counts of every unit, and plans of this year for the commune and the province in the middle. Raises
    AssertionError where the product counts a unit otherwise."""
    _histories(owner, country)
    found = owner.execute(
        f"SELECT id, path FROM organizations_unit WHERE id > {FIRST} AND level = %s ORDER BY id", [Level.CELL.value]
    ).fetchall()
    (first, path), *others = found
    owner.commit()
    _recount([first])
    owner.execute(_ALIKE, [path])
    owner.commit()
    some = [key for key, _path in others[:: max(1, len(others) // CHECKED)]]
    if wrong := _recount(some, {country.middle[level][0]: EVER for level in (Level.BASE, Level.PROVINCE)}):
        raise AssertionError(f"the product counts {wrong} figures otherwise")
    _plans(country)


def _recount(cells: list[int], others: dict[int, str] | None = None) -> int:
    with under("jobs"), transaction.atomic():
        scope(WHOLE)
        return recount(cells, others)


def _histories(owner: psycopg.Connection, country: Country) -> None:
    """Where each unit stood, since when each member is there (one joined this year), and the meetings of the last months."""
    owner.execute(_STOOD)
    for statement in ("ALTER TABLE members_member DISABLE TRIGGER USER", _ADMITTED):
        owner.execute(statement)
    owner.commit()  # foreign keys are checked here
    owner.execute("ALTER TABLE members_member ENABLE TRIGGER USER")
    owner.commit()
    row = owner.execute("SELECT id FROM members_spell WHERE member_id = %s", [country.cell.officials[0]]).fetchone()
    assert row is not None
    place = {"unit_id": "x.unit_id", "unit_path": "x.unit_path"}
    since = f"daterange(current_date - 30 * (1 + (x.place % {STRETCHES})::int), NULL)"
    source = f"""(SELECT id, unit_id, unit_path, row_number() OVER (PARTITION BY unit_id ORDER BY id) AS place
      FROM members_member WHERE unit_id > {FIRST}) x"""
    multiply(owner, "members_spell", row[0], {**place, "member_id": "x.id", "valid": since}, source)
    held = {
        "acting_path": "x.path", "acting_unit_id": "x.id", "exclusive_key": "to_char(x.month, '\"regular:\"YYYY-MM')",
        "number": "'SH-' || to_char(x.month, 'YYYY-MM')",
        "facts": "s.facts || jsonb_build_object('month', to_char(x.month, 'YYYY-MM-DD'), 'held_on', "
                 "to_char(x.month + 4, 'YYYY-MM-DD'))",
    }  # fmt: skip
    source = f"""(SELECT u.id, u.path, (date_trunc('month', current_date) - make_interval(months => g))::date AS month
      FROM organizations_unit u, generate_series(0, {MONTHS - 1}) g
      WHERE u.id > {FIRST} AND u.level = '{Level.CELL}') x"""
    multiply(owner, "cases_case", country.cell.meeting, {"unit_id": "x.id", "unit_path": "x.path", **held}, source)


def _plans(country: Country) -> None:
    user = User.objects.create(username="bench-plans", full_name="Nguyễn Văn Ánh")
    today = clock.today()
    for level in (Level.BASE, Level.PROVINCE):
        key, path = country.middle[level]
        actor = Actor(Office.ORGANISATION_OFFICER, path, level, key, user.pk)
        with under("app"):
            for number, figure in enumerate(PLANNED):
                enter(actor, key, Target(today.year, figure, 1_000, "1-KH", today), seen=number)
