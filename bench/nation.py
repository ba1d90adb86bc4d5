"""The country's cells in plain SQL: each under a commune, with a secretary, and a monthly meeting that was due and not held."""

from __future__ import annotations

from datetime import date

import psycopg

from backend.organizations.models import Unit
from bench.database import analyse, under
from bench.rows import multiply
from bench.world import make_cells

PER_COMMUNE = 90
FIRST = 1_000_000
"""Ids of communes, then of cells and their secretaries, begin above those of rows that were made one by one."""
REMINDS, CLIMBS = 4, 5
"""Rungs of the ladder of the monthly meeting on the first working day after: the cell itself, and the committee above it."""
OFFICERS = {"committee_secretary": 10_000_000, "organisation_officer": 20_000_000}
"""Offices of a commune, and what is added to its id for the one who holds it."""


class Nation:
    """Cells by the hundred thousand; `owner` is a connection past all walls."""

    def __init__(self, owner: psycopg.Connection, unit: Unit, cells: int) -> None:
        self.owner, self.cells = owner, cells
        with under("app"):
            (model,) = make_cells([unit], 1)
        assert unit.parent is not None
        assert model.secretary.assignment_id is not None
        self._units(unit, unit.parent)
        people = {"password": "''", "last_login": "NULL"}
        where = {"id": "x.id", "username": "'u' || x.id", "email": "'u' || x.id || '@example.org'", **people}
        everybody = " UNION ALL ".join(
            [
                f"SELECT id, path, id AS person, 'cell_secretary' AS office FROM organizations_unit WHERE id >= {self._first}"
            ]
            + [
                f"SELECT id, path, id + {more}, '{office}' FROM organizations_unit WHERE id >= {FIRST} AND id < {self._first}"
                for office, more in OFFICERS.items()
            ]
        )
        source = f"(SELECT person AS id FROM ({everybody}) e) x"
        multiply(owner, "accounts_user", model.secretary.user_id or 0, where, source)
        holds = {"user_id": "x.person", "unit_id": "x.id", "unit_path": "x.path", "office": "x.office"}
        multiply(owner, "accounts_assignment", model.secretary.assignment_id, holds, f"({everybody}) x")
        self._meetings(model.meeting)
        analyse()

    def _units(self, cell: Unit, commune: Unit) -> None:
        communes = -(-self.cells // PER_COMMUNE)
        self._first = FIRST + communes
        above = commune.path.removesuffix(f"{commune.pk}/")
        new = {"id": f"{FIRST} + g", "code": "'c' || g", "path": f"'{above}' || ({FIRST} + g) || '/'"}
        multiply(self.owner, "organizations_unit", commune.pk, new, f"generate_series(0, {communes - 1}) g")
        parent = f"({FIRST} + g / {PER_COMMUNE})"
        new = {
            "id": f"{self._first} + g", "code": "'d' || g", "parent_id": parent,
            "path": f"'{above}' || {parent} || '/' || ({self._first} + g) || '/'",
        }  # fmt: skip
        multiply(self.owner, "organizations_unit", cell.pk, new, f"generate_series(0, {self.cells - 1}) g")

    def _meetings(self, meeting: int) -> None:
        """A deadline for each cell, with nothing due."""
        ((deadline,),) = self.owner.execute(
            "SELECT id FROM deadlines_deadline WHERE subject_kind = 'case' AND subject_id = %s ORDER BY id LIMIT 1",
            [meeting],
        ).fetchall()
        place = {"unit_id": "x.id", "unit_path": "x.path", "acting_unit_id": "x.id", "acting_path": "x.path"}
        new = {
            "subject_kind": "'bench'", "subject_id": "x.id", "occurrence": "gen_random_uuid()", "status": "'open'",
            "met_on": "NULL", "closed_by": "NULL", "reference": "'SH-' || x.id", "next_rung": "NULL", "next_rung_on": "NULL",
        }  # fmt: skip
        source = f"(SELECT id, path FROM organizations_unit WHERE id >= {self._first}) x"
        multiply(self.owner, "deadlines_deadline", deadline, {**place, **new}, source)

    def miss(self, count: int, rung: int, today: date) -> None:
        """So many cells have not held yesterday's meeting: one rung is due for each, and nothing was said yet."""
        self.owner.execute(
            "TRUNCATE alerts_attempt, alerts_enclosure, alerts_letter, alerts_notice, alerts_unheard CASCADE"
        )
        self.owner.execute(
            """UPDATE deadlines_deadline SET due_on = %(today)s::date - 1, rungs_done = 0, next_rung = %(rung)s,
                 next_rung_on = %(today)s, rung_days = array_fill(NULL::date, ARRAY[%(rung)s]) || %(today)s::date
               WHERE subject_kind = 'bench' AND subject_id < %(first)s + %(count)s""",
            {"today": today, "rung": rung, "first": self._first, "count": count},
        )
        self.owner.commit()
        self.owner.autocommit = True
        self.owner.execute("VACUUM ANALYZE deadlines_deadline")
        self.owner.autocommit = False

    def count(self, table: str) -> int:
        ((count,),) = self.owner.execute(f"SELECT count(*) FROM {table}").fetchall()
        self.owner.commit()
        return int(count)
