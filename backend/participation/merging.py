"""Attendance and dues of a person who had two records: what only the one had goes to the other, and back on a void.

What both have stays where it is: the kept record's counts, the other's is kept with the record that stands for nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.core.db import execute
from backend.core.encoding import dumps

KEYS: Mapping[str, tuple[str, str]] = {
    "attendance": ("participation_attendance", "month, kind"), "dues": ("participation_duesentry", "month")
}  # fmt: skip

_BOTH = """
    SELECT DISTINCT month FROM {table} one JOIN {table} other USING ({key})
    WHERE one.member_id = %s AND other.member_id = %s"""
_MOVE = """
    WITH moved AS (
      UPDATE {table} t SET member_id = %s WHERE t.member_id = %s
        AND ({key}) NOT IN (SELECT {key} FROM {table} WHERE member_id = %s) RETURNING {key})
    SELECT month::text, {kind} FROM moved ORDER BY 1, 2"""
_BACK = """
    UPDATE {table} t SET member_id = %s
    WHERE t.member_id = %s AND EXISTS (
      SELECT FROM jsonb_array_elements(%s::jsonb) AS r (row) WHERE row ->> 0 = t.month::text AND row ->> 1 = {kind})"""


def counted_in_both(kept: int, gone: int) -> tuple[str, ...]:
    """The months (as MM/YYYY, in order) for which both have a row of one kind."""
    found = {
        month for table, key in KEYS.values() for (month,) in execute(_BOTH.format(table=table, key=key), [kept, gone])
    }
    return tuple(f"{month:%m/%Y}" for month in sorted(found))


def move(kept: int, gone: int) -> dict[str, list[list[str]]]:
    """Give the rows that only `gone` has to `kept`; by name of table which, as [month, kind] (no kind of dues)."""
    return {name: [list(row) for row in execute(_filled(_MOVE, name), [kept, gone, kept])] for name in KEYS}


def move_back(kept: int, gone: int, moved: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Undo `move`, by what it answered."""
    for name, rows in moved.items():
        execute(_filled(_BACK, name), [gone, kept, dumps(rows)])


def _filled(statement: str, name: str) -> str:
    table, key = KEYS[name]
    return statement.format(table=table, key=key, kind="kind" if "kind" in key else "''")
