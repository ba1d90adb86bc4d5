"""The parts of the engine's write statement that close and open deadlines (rows are `Draft.columns()` with their place)."""

_TYPES = (
    "subject_kind text, subject_id bigint, unit_id bigint, unit_path text, acting_unit_id bigint, acting_path text, "
    "acting_level text, reference text, rule_id text, rule_version text, firmness text, start_label text, started_on date, "
    "due_on date, early_on date, alternatives jsonb, explanation jsonb, occurrence uuid, opened_at timestamptz, "
    "opened_on date, "
    "ladder text, rung_days date[], next_rung smallint, next_rung_on date"
)
_NAMES = ", ".join(part.split()[0] for part in _TYPES.split(", "))

CLOSE_DEADLINES = """
  closed AS (
    UPDATE deadlines_deadline d
    SET status = CASE WHEN d.rule_id = ANY (x.met) AND x.day <= d.due_on THEN 'met' WHEN d.rule_id = ANY (x.met) THEN 'met_late'
        WHEN d.rule_id = ANY (x.missed) OR x.by_step AND x.day > d.due_on THEN 'missed' ELSE 'cancelled' END,
      met_on = CASE WHEN d.rule_id = ANY (x.met) THEN x.day END, closed_by = x.event_uid, next_rung = NULL,
      next_rung_on = NULL, version = d.version + 1
    FROM (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r(kind text, subject bigint, met text[], missed text[],
      cancelled text[], rest bool, by_step bool, day date, event_uid uuid) LIMIT {rows}) x
    WHERE d.subject_kind = x.kind AND d.subject_id = x.subject AND d.status = 'open'
      AND (x.rest OR d.rule_id = ANY (x.met || x.missed || x.cancelled))
    RETURNING 1)"""

INSERT_DEADLINES = f"""
  clocks AS (
    INSERT INTO deadlines_deadline ({_NAMES}, status, ladder_from, levels_told, rungs_done, acknowledged_levels, version)
    SELECT {_NAMES}, 'open', 0, '{{}}', 0, '{{}}'::jsonb, 1
    FROM jsonb_to_recordset(%s::jsonb) AS x({_TYPES}) RETURNING 1)"""  # noqa: S608  (constants only)
