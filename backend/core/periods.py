"""Rows that hold for a time and may not overlap, as a migration operation (docs/adr/0008-a-time-is-a-box.md)."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

_FAR = "3e9"
"""More days than PostgreSQL's calendar has in either direction: where a time without an end ends."""
_BOX = """box(
  point({owner}, coalesce(lower(valid) - DATE '2000-01-01', -{far})),
  point({owner} + 0.5::float8, coalesce(upper(valid) - DATE '2000-01-01' - 0.5::float8, {far})))"""


def no_overlap(table: str, name: str, owner: str, how: str = "") -> RunSQL:
    """Rows of `table` with the same key `owner` never share a day of `valid`, and none is of no day at all.

    `how` may leave rows out and defer the check. A key and a span of days stand as a box: the key across and half a key
    wide, the days up and half a day short, since boxes that touch overlap already. Exact for keys below 2^52.
    """
    box = _BOX.format(owner=owner, far=_FAR)
    return RunSQL(
        f"""ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({box} WITH &&) {how},
              ADD CONSTRAINT {name}_some_day CHECK (NOT isempty(valid));""",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}, DROP CONSTRAINT {name}_some_day;",
    )
