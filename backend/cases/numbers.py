"""Case numbers per unit and year, e.g. `CN-2026-0007`: drawn from a counter row, never max()+1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from backend.cases.orders import UnitRow
from backend.core.db import execute

_DRAW = """
    INSERT INTO cases_casenumber (unit_id, prefix, year, last, unit_path)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::int[], %s::text[])
    ON CONFLICT (unit_id, prefix, year) DO UPDATE SET last = cases_casenumber.last + excluded.last
    RETURNING unit_id, prefix, year, last"""
_IDS = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"


def draw_numbers(wanted: Sequence[tuple[UnitRow, str, int]]) -> list[str]:
    """One number for each (unit, prefix, year), in the order asked."""
    counts = Counter((unit.id, prefix, year) for unit, prefix, year in wanted)
    paths = {unit.id: unit.path for unit, _, _ in wanted}
    keys = sorted(counts)
    columns = [[key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys]]
    rows = execute(
        _DRAW, [*columns, [counts[key] for key in keys], [paths[key[0]] for key in keys]], prepared=len(keys) == 1
    )
    following = {(unit, prefix, year): last - counts[unit, prefix, year] for unit, prefix, year, last in rows}
    numbers = []
    for unit, prefix, year in wanted:
        following[unit.id, prefix, year] += 1
        numbers.append(f"{prefix}-{year}-{following[unit.id, prefix, year]:04d}")
    return numbers


def draw_ids(table: str, count: int) -> list[int]:
    """Fresh ids of a table, drawn before the rows are written so that events can name them."""
    return [row[0] for row in execute(_IDS, [table, count], prepared=count == 1)]
