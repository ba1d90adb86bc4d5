"""What stands behind a figure: the members, cases, deadlines, flags or units that were counted for a day, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.core.db import execute
from backend.organizations.models import Unit
from backend.reports.counted import COUNTED

LARGEST = 2_000
"""The longest list; a larger number is looked at below, unit by unit."""

# Where each unit stood on the day; before its first stretch as in that, after its last one too (as counts have it).
_UNITS = """
WITH stood AS (
  SELECT DISTINCT ON (s.unit_id) s.unit_id, s.path_then FROM organizations_unitspell s
  ORDER BY s.unit_id, coalesce(lower(s.valid), '-infinity') <= %(day)s DESC,
    CASE WHEN coalesce(lower(s.valid), '-infinity') <= %(day)s THEN coalesce(lower(s.valid), '-infinity') END DESC,
    lower(s.valid))
SELECT t.unit_id FROM stood t, stood top
WHERE top.unit_id = %(unit)s AND t.path_then >= top.path_then AND t.path_then < top.path_then || '~'
"""
_BEHIND = f"""
SELECT c.kind, c.subject, c.unit_id, lower(c.span)
FROM (SELECT * FROM ({COUNTED}) every WHERE figure = %(figure)s AND unit_id = ANY (%(units)s)) c
JOIN organizations_unit u ON u.id = c.unit_id
WHERE c.span @> %(day)s::date
ORDER BY u.code, lower(c.span), c.subject LIMIT %(limit)s
"""  # noqa: S608  (made of our own words alone)


@dataclass(frozen=True)
class Counted:
    """One thing that was counted, and since when; None where that is not known."""

    kind: str
    subject: int
    unit_id: int
    since: date | None


def behind(unit: Unit, figure: str, day: date) -> Sequence[Counted]:
    """At most `LARGEST` and one more, by the code of the unit, within the scope of the transaction."""
    units = [key for (key,) in execute(_UNITS, {"unit": unit.pk, "day": day})]
    asked = {"figure": figure, "units": units, "day": day, "limit": LARGEST + 1}
    return [Counted(*row) for row in execute(_BEHIND, asked)]
