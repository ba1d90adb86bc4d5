"""A whole country in plain SQL: ten provinces of a hundred communes, their cells of twenty members."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from backend.accounts.policy import Actor
from backend.organizations.models import Unit
from bench.database import under
from bench.rows import multiply
from bench.world import Cell, make_cells
from workflows.offices import Level, Office

PROVINCES, COMMUNES, PER_CELL = 10, 100, 20
"""Provinces, communes of each, members of a cell; what is left of a number of members is cells of a commune."""
FIRST = 10_000_000
"""Ids of what is made here begin above those of rows that were made one by one."""


@dataclass(frozen=True)
class Country:
    """The cell made by the engine, of which all others are copies, and a unit of each level from the middle of the country."""

    cell: Cell
    middle: dict[Level, tuple[int, str]]

    def officer(self, level: Level) -> Actor:
        key, path = self.middle[level]
        return Actor(Office.ORGANISATION_OFFICER, path, level, key, self.cell.secretary.user_id)


def make_country(owner: psycopg.Connection, unit: Unit, members: int, probationers: int = 0) -> Country:
    """So many members in units above FIRST; the first cell, made by the engine, has probationers besides."""
    with under("app"):
        (cell,) = make_cells([unit], probationers)
    commune = unit.parent
    assert commune is not None
    province = commune.parent
    assert province is not None
    cells = members // PROVINCES // COMMUNES // PER_CELL
    counts = {Level.PROVINCE: PROVINCES, Level.BASE: COMMUNES, Level.CELL: cells}
    below, first, middle = "(SELECT NULL::bigint AS id, '/' AS path) above", FIRST, {}
    for level, like in ((Level.PROVINCE, province), (Level.BASE, commune), (Level.CELL, unit)):
        source = f"""(SELECT {first} + row_number() OVER () AS id, above.id AS parent, above.path AS above
          FROM {below}, generate_series(1, {counts[level]})) x"""
        new = {"id": "x.id", "code": "'w' || x.id", "parent_id": "x.parent", "path": "x.above || x.id || '/'"}
        multiply(owner, "organizations_unit", like.pk, new, source)
        below = f"(SELECT id, path FROM organizations_unit WHERE id > {first} ORDER BY id) above"
        made = owner.execute("SELECT id, path FROM organizations_unit WHERE id > %s ORDER BY id", [first]).fetchall()
        middle[level], first = made[len(made) // 2], made[-1][0]
    place = {"unit_id": "x.id", "unit_path": "x.path", "sort_key": "md5(x.id || '.' || x.g)"}
    source = f"""(SELECT u.id, u.path, g FROM organizations_unit u, generate_series(1, {PER_CELL}) g
      WHERE u.id > {FIRST} AND u.level = '{Level.CELL}') x"""
    multiply(owner, "members_member", cell.officials[0], place, source)
    return Country(cell, middle)
