"""The sweep as set-based SQL for the plain case: no ladder missing, no unit closed, nothing to say together.

It reads and writes the same rows: due deadlines under lock, acting units and those above, notices, the next rung.
"""

from __future__ import annotations

from datetime import date

import psycopg

from backend.alerts.recipients import offices_by_level
from workflows.ladders import ladders

CLAIM_AND_TELL = """
WITH claimed AS MATERIALIZED (
  SELECT id, unit_path, acting_unit_id, ladder, next_rung, next_rung_on, rung_days FROM deadlines_deadline
  WHERE status = 'open' AND next_rung_on <= %(today)s ORDER BY next_rung_on, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), told AS (
  INSERT INTO alerts_notice (month, deadline_id, rung, rung_on, kind, levels_up, office, unit_id, unit_path, about_path,
    channel, critical, outcome, reason, reason_params, created_at, settled_at)
  SELECT date_trunc('month', c.next_rung_on)::date, c.id, c.next_rung, c.next_rung_on, l.kind, l.up, o.office, t.id, t.path,
    c.unit_path, l.channel, l.critical, CASE l.channel WHEN 'inbox' THEN 'sent' ELSE 'held' END, '', '{}', now(),
    CASE l.channel WHEN 'inbox' THEN now() END
  FROM claimed c
  JOIN organizations_unit p ON p.id = c.acting_unit_id
  JOIN bench_ladder l ON l.ladder = c.ladder AND l.rung = c.next_rung
  JOIN organizations_unit t ON t.id = (string_to_array(trim(both '/' from p.path), '/')::bigint[])[
    cardinality(string_to_array(trim(both '/' from p.path), '/')) - l.up]
  JOIN bench_office o ON o.level = t.level
  ON CONFLICT DO NOTHING
)
UPDATE deadlines_deadline d
SET rungs_done = d.rungs_done | (1::bigint << c.next_rung), next_rung = n.rung, next_rung_on = n.day
FROM claimed c LEFT JOIN LATERAL (
  SELECT r.day, (r.place - 1)::smallint AS rung FROM unnest(c.rung_days) WITH ORDINALITY AS r(day, place)
  WHERE r.day > %(today)s ORDER BY 1 LIMIT 1) n ON true
WHERE d.id = c.id
"""


def prepare(connection: psycopg.Connection) -> None:
    """Ladders and offices as temporary tables: what would be small tables in a design without law as data."""
    rungs = [
        (ladder.name, place, rung.up, rung.kind, rung.critical, channel)
        for ladder in ladders()
        for place, rung in enumerate(ladder.rungs)
        for channel in rung.channels
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bench_ladder (ladder text, rung int, up int, kind text, critical boolean, channel text)"
        )
        cursor.execute("CREATE TEMP TABLE bench_office (level text, office text)")
        cursor.executemany("INSERT INTO bench_ladder VALUES (%s, %s, %s, %s, %s, %s)", rungs)
        cursor.executemany("INSERT INTO bench_office VALUES (%s, %s)", list(offices_by_level()))
        cursor.execute("ANALYZE bench_ladder, bench_office")
    connection.commit()


def sweep_by_hand(connection: psycopg.Connection, today: date, batch: int) -> int:
    """Everything due, `batch` deadlines to a transaction; how many deadlines were handled."""
    handled = 0
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(CLAIM_AND_TELL, {"today": today, "batch": batch})
            handled += cursor.rowcount
            if cursor.rowcount < batch:
                return handled
