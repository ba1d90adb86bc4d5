"""Counting: what `counted` says of units becomes rows of `DailyCount`, each unit's own and what stands below it added up.

A cell is counted whole; of a unit above, only figures and days from which something below it has changed. Whatever is
counted twice gives the same rows. Of a unit that moved, what it had on the day goes along to the new place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from backend.audit import followers
from backend.core.db import WHOLE, execute, scope
from backend.organizations.models import Unit
from backend.reports.counted import COUNTED
from backend.reports.figures import FIGURES
from workflows.offices import LADDER

EVER = "-infinity"
Since = str
"""A day in ISO form, or `EVER`."""
Wanted = dict[tuple[int, str], Since]
"""What is to be counted: by unit and figure, from which day on."""
NAME = "counts"
"""Of the follower that counts: after attendance, before flags, whose events come to it by themselves."""
AT_ONCE = 200
"""Units in one statement."""

# Where a unit stood under which: as long as no other place is known, before its first stretch and after its last too.
_STAYS = """
SELECT s.unit_id, s.parent_id, u.path,
  CASE WHEN row_number() OVER one = 1 THEN '-infinity' ELSE lower(s.valid) END AS since,
  coalesce(lead(lower(s.valid)) OVER one, 'infinity') AS until
FROM organizations_unitspell s JOIN organizations_unit u ON u.id = s.unit_id
WHERE s.unit_id IN (SELECT b.unit_id FROM organizations_unitspell b WHERE {some})
WINDOW one AS (PARTITION BY s.unit_id ORDER BY s.valid)
"""
_COUNT = f"""
WITH wanted AS MATERIALIZED (
  SELECT w.unit_id, w.figure, w.since, u.path,
    coalesce((SELECT c.value FROM reports_dailycount c
              WHERE c.unit_path = u.path AND c.figure = w.figure AND c.day < w.since ORDER BY c.day DESC LIMIT 1), 0) AS before
  FROM unnest(%(units)s::bigint[], %(figures)s::text[], %(since)s::date[]) AS w (unit_id, figure, since)
  JOIN organizations_unit u ON u.id = w.unit_id),
own AS (
  SELECT w.unit_id, w.figure, s.day, s.change
  FROM (SELECT * FROM ({COUNTED}) every WHERE unit_id = ANY (%(chosen)s)) c
  JOIN wanted w ON w.unit_id = c.unit_id AND w.figure = c.figure
  CROSS JOIN LATERAL (SELECT coalesce(lower(c.span), '-infinity') AS since, coalesce(upper(c.span), 'infinity') AS until) r
  CROSS JOIN LATERAL (VALUES (greatest(r.since, w.since), 1), (r.until, -1)) s (day, change)
  WHERE NOT isempty(c.span) AND r.until > w.since AND s.day < 'infinity'),
stays AS MATERIALIZED ({_STAYS.format(some="b.parent_id = ANY (%(chosen)s)")}),
points AS (
  SELECT w.unit_id, w.figure, s.unit_id AS child, s.since AS stay, p.day, p.value
  FROM wanted w JOIN stays s ON s.parent_id = w.unit_id AND s.until > w.since
  CROSS JOIN LATERAL (SELECT greatest(s.since, w.since) AS day) f
  CROSS JOIN LATERAL (
    SELECT f.day, coalesce((SELECT c.value FROM reports_dailycount c
      WHERE c.unit_path = s.path AND c.figure = w.figure AND c.day <= f.day ORDER BY c.day DESC LIMIT 1), 0)
    UNION ALL SELECT c.day, c.value FROM reports_dailycount c
      WHERE c.unit_path = s.path AND c.figure = w.figure AND c.day > f.day AND c.day < s.until
    UNION ALL SELECT s.until, 0 WHERE s.until < 'infinity') p (day, value)),
changes AS (
  SELECT unit_id, figure, day, sum(change) AS change FROM (
    SELECT * FROM own
    UNION ALL
    SELECT unit_id, figure, day, value - lag(value, 1, 0) OVER (PARTITION BY unit_id, figure, child, stay ORDER BY day)
      FROM points
    UNION ALL SELECT unit_id, figure, since, -before FROM wanted) every
  GROUP BY 1, 2, 3 HAVING sum(change) <> 0),
counted AS MATERIALIZED (
  SELECT w.path, w.figure, c.day, w.before + sum(c.change) OVER (PARTITION BY c.unit_id, c.figure ORDER BY c.day) AS value
  FROM changes c JOIN wanted w ON w.unit_id = c.unit_id AND w.figure = c.figure),
gone AS (
  DELETE FROM reports_dailycount d USING wanted w
  WHERE d.unit_path = w.path AND d.figure = w.figure AND d.day >= w.since
    AND NOT EXISTS (SELECT FROM counted c WHERE c.path = d.unit_path AND c.figure = d.figure AND c.day = d.day)
  RETURNING w.unit_id, d.figure, d.day),
put AS (
  INSERT INTO reports_dailycount AS d (unit_path, figure, day, value) SELECT path, figure, day, value FROM counted
  ON CONFLICT (unit_path, figure, day) DO UPDATE SET value = excluded.value WHERE d.value <> excluded.value
  RETURNING d.unit_path, d.figure, d.day)
SELECT unit_id, figure, min(day)::text FROM (
  SELECT * FROM gone
  UNION ALL SELECT w.unit_id, p.figure, p.day FROM put p JOIN wanted w ON w.path = p.unit_path AND w.figure = p.figure) done
GROUP BY 1, 2
"""  # noqa: S608  (made of our own words alone)
_ABOVE = f"""
SELECT s.parent_id, c.figure, min(greatest(s.since, c.since::date))::text
FROM unnest(%(units)s::bigint[], %(figures)s::text[], %(since)s::text[]) AS c (unit_id, figure, since)
JOIN ({_STAYS.format(some="b.unit_id = ANY (%(units)s)")}) s ON s.unit_id = c.unit_id AND s.until > c.since::date
WHERE s.parent_id IS NOT NULL GROUP BY 1, 2
"""  # noqa: S608  (made of our own words alone)


def recount(cells: Collection[int], others: Mapping[int, Since] | None = None) -> int:
    """Count these cells anew, and `others` from a day on, with all that stands above; how many figures were put right.

    Inside the caller's transaction, which sees all units.
    """
    wanted: Wanted = {(unit, figure): since for unit, since in (others or {}).items() for figure in FIGURES}
    wanted |= {(unit, figure): EVER for unit in cells for figure in FIGURES}
    levels: dict[int, str] = {}
    righted = 0
    for level in LADDER:
        unknown = {unit for unit, _ in wanted} - levels.keys()
        levels |= dict(Unit.objects.filter(pk__in=unknown).values_list("pk", "level"))
        changed = _count({key: since for key, since in wanted.items() if levels.get(key[0]) == level})
        righted += len(changed)
        for unit, figure, since in _above(changed):
            wanted[unit, figure] = min(since, wanted.get((unit, figure), since))
    return righted


def rebuild() -> int:
    """Count everything anew, the lowest level first, some units to a transaction; how many figures were put right.

    Whoever follows the log meanwhile waits for one transaction at a time, and a second rebuild too.
    """
    righted = 0
    for level in LADDER:
        units = list(Unit.objects.filter(level=level).order_by("pk").values_list("pk", flat=True))
        for part in _parts(units):
            with transaction.atomic():
                scope(WHOLE)
                followers.hold(NAME)
                righted += len(_count({(unit, figure): EVER for unit in part for figure in FIGURES}))
    return righted


def _count(wanted: Wanted) -> list[tuple[int, str, Since]]:
    """Count units of one level whose lower ones are counted; which figures have changed, from which day on."""
    changed: list[Any] = []
    for part in _parts(sorted({unit for unit, _ in wanted})):
        chosen = set(part)
        rows = [(unit, figure, since) for (unit, figure), since in wanted.items() if unit in chosen]
        changed += execute(_COUNT, {**_columns(rows), "chosen": part})
    return changed


def _above(changed: Sequence[tuple[int, str, Since]]) -> list[tuple[Any, ...]]:
    return execute(_ABOVE, _columns(changed)) if changed else []


def _columns(rows: Sequence[tuple[int, str, Since]]) -> dict[str, list[Any]]:
    units, figures, since = zip(*rows, strict=True)
    return {"units": [*units], "figures": [*figures], "since": [*since]}


def _parts(units: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(units), AT_ONCE):
        yield [*units[start : start + AT_ONCE]]
