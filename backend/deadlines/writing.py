"""The part of the engine's write statement that opens deadlines (rows are `Draft.columns()` with their place)."""

_TYPES = (
    "subject_kind text, subject_id bigint, unit_id bigint, unit_path text, acting_unit_id bigint, acting_path text, "
    "acting_level text, reference text, rule_id text, rule_version text, firmness text, start_label text, started_on date, "
    "due_on date, early_on date, alternatives jsonb, explanation jsonb, occurrence uuid, opened_at timestamptz, "
    "opened_on date, "
    "ladder text, rung_days date[], next_rung smallint, next_rung_on date"
)
_NAMES = ", ".join(part.split()[0] for part in _TYPES.split(", "))

INSERT_DEADLINES = f"""
  clocks AS (
    INSERT INTO deadlines_deadline ({_NAMES}, status, rungs_done, acknowledged_levels, version)
    SELECT {_NAMES}, 'open', 0, '{{}}'::jsonb, 1
    FROM jsonb_to_recordset(%s::jsonb) AS x({_TYPES}) RETURNING 1)"""  # noqa: S608  (constants only)
