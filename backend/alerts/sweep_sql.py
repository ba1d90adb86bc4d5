"""The sweep's one statement: claim due deadlines, write an outcome for each rung and office, move on.

One statement sees one snapshot and one set of row locks: a deadline closed by a running step is skipped (SKIP LOCKED)
and closed by the time anybody looks again; a closed one is re-checked by the claim itself.

What is said in the application is said at once: whether anybody reads it is looked up here, of a letter when it is made.
"""

from __future__ import annotations

SWEEP = """
WITH claimed AS MATERIALIZED (
  SELECT d.id, d.unit_path, d.acting_unit_id, d.ladder, d.ladder_from, d.rung_days, d.rungs_done, d.acknowledged_levels
  FROM deadlines_deadline d
  WHERE d.status = 'open' AND d.next_rung_on <= %(today)s::date
    AND d.acting_path >= %(path)s::text AND d.acting_path < %(path)s::text || '~'
  ORDER BY d.next_rung_on, d.id
  LIMIT %(batch)s
  FOR UPDATE SKIP LOCKED
), ladder AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%(ladders)s::jsonb)
    AS l(ladder text, rung int, up int, kind text, critical boolean, channel text)
  UNION ALL
  SELECT own.name, (r.place - 1)::int, (r.row ->> 'up')::int, r.row ->> 'kind', (r.row ->> 'critical')::boolean, way.channel
  FROM organizations_ownladder own CROSS JOIN LATERAL jsonb_array_elements(own.rungs) WITH ORDINALITY AS r(row, place)
  CROSS JOIN LATERAL jsonb_array_elements_text(r.row -> 'channels') AS way(channel)
  WHERE own.name IN (SELECT ladder FROM claimed)
), told AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%(offices)s::jsonb) AS o(level text, office text)
), due AS MATERIALIZED (
  SELECT c.id AS deadline_id, c.unit_path AS about_path, c.acting_unit_id, c.ladder, c.ladder_from, r.day,
    (r.place - 1)::int AS rung, c.acknowledged_levels
  FROM claimed c CROSS JOIN LATERAL unnest(c.rung_days) WITH ORDINALITY AS r(day, place)
  WHERE r.day <= %(today)s::date AND (c.rungs_done >> (r.place - 1)::int) & 1 = 0
), place AS MATERIALIZED (
  SELECT u.id, u.path, string_to_array(trim(both '/' from u.path), '/')::bigint[] AS chain
  FROM organizations_unit u WHERE u.id IN (SELECT acting_unit_id FROM claimed)
), addressed AS (
  SELECT due.deadline_id, due.about_path, due.rung, due.day, coalesce(l.kind, 'remind') AS kind, coalesce(l.up, 0) AS up,
    coalesce(l.critical, false) AS critical, coalesce(l.channel, 'inbox') AS channel,
    coalesce(t.id, p.id) AS unit_id, coalesce(t.path, p.path) AS unit_path, coalesce(o.office, '') AS office,
    CASE WHEN l.rung IS NULL THEN 'rung_unknown' WHEN t.id IS NULL THEN 'no_level_above'
         WHEN t.closed_on <= %(today)s::date THEN 'unit_closed' WHEN o.office IS NULL THEN 'no_office'
         WHEN l.up > 0 AND due.day <= (due.acknowledged_levels ->> l.up::text)::date THEN 'level_acknowledged'
         ELSE '' END AS reason
  FROM due
  JOIN place p ON p.id = due.acting_unit_id
  LEFT JOIN ladder l ON l.ladder = due.ladder AND l.rung = due.rung - due.ladder_from
  LEFT JOIN organizations_unit t ON t.id = p.chain[cardinality(p.chain) - l.up]
  LEFT JOIN told o ON o.level = t.level
), readers AS MATERIALIZED (
  SELECT * FROM chibo_has_readers(
    ARRAY(SELECT DISTINCT unit_id FROM addressed WHERE reason = '' AND channel = 'inbox'), %(today)s::date)
), judged AS (
  SELECT *, first_value(rung) OVER newest AS said_with, row_number() OVER newest AS place
  FROM (
    SELECT a.deadline_id, a.about_path, a.rung, a.day, a.kind, a.up, a.critical, a.channel, a.unit_id, a.unit_path, a.office,
      CASE WHEN a.reason = '' AND a.channel = 'inbox' AND NOT r.has THEN 'vacant_office' ELSE a.reason END AS reason
    FROM addressed a LEFT JOIN readers r ON r.unit_id = a.unit_id AND r.office = a.office
  ) whom
  WINDOW newest AS (PARTITION BY deadline_id, unit_id, office, channel, reason ORDER BY day DESC, rung DESC)
), written AS (
  INSERT INTO alerts_notice (month, deadline_id, rung, rung_on, kind, levels_up, office, unit_id, unit_path, about_path,
    channel, critical, outcome, reason, reason_params, created_at, settled_at)
  SELECT date_trunc('month', day)::date, deadline_id, rung, day, kind, up, office, unit_id, unit_path, about_path, channel,
    critical,
    CASE WHEN reason <> '' THEN 'skipped' WHEN place > 1 THEN 'coalesced' WHEN channel = 'inbox' THEN 'sent'
         ELSE 'held' END,
    CASE WHEN reason <> '' THEN reason WHEN place > 1 THEN 'said_with_later' ELSE '' END,
    CASE WHEN reason = '' AND place > 1 THEN jsonb_build_object('rung', said_with) ELSE '{}'::jsonb END,
    %(now)s::timestamptz,
    CASE WHEN reason = '' AND place = 1 AND channel <> 'inbox' THEN NULL ELSE %(now)s::timestamptz END
  FROM judged
  ON CONFLICT DO NOTHING
  RETURNING outcome
), moved AS (
  UPDATE deadlines_deadline d
  SET rungs_done = d.rungs_done | coalesce(done.mask, 0), next_rung = next.rung, next_rung_on = next.day
  FROM claimed c
  LEFT JOIN (SELECT deadline_id, bit_or(1::bigint << rung) AS mask FROM due GROUP BY 1) done
    ON done.deadline_id = c.id
  LEFT JOIN LATERAL (
    SELECT r.day, (r.place - 1)::smallint AS rung FROM unnest(c.rung_days) WITH ORDINALITY AS r(day, place)
    WHERE r.day > %(today)s::date AND (c.rungs_done >> (r.place - 1)::int) & 1 = 0 ORDER BY 1, 2 LIMIT 1
  ) next ON true
  WHERE d.id = c.id
  RETURNING 1
)
SELECT 'deadlines', count(*) FROM moved
UNION ALL SELECT 'rungs', count(*) FROM due
UNION ALL SELECT outcome, count(*) FROM written GROUP BY outcome
"""
