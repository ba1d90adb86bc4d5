"""Parts of the write statement that turn a member's history: from a day on it is otherwise, whatever stood later too."""

TURN = """
  turned AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS x(member_id bigint, since date, later date, meanwhile text,
      unit_id bigint, unit_path text, standing text, participation text, event_uid uuid, recorded_at timestamptz) LIMIT {rows}),
  cut AS (
    UPDATE members_spell s SET retracted_at = t.recorded_at, retracted_by = t.event_uid
    FROM turned t
    WHERE s.member_id = t.member_id AND s.retracted_at IS NULL AND s.valid && daterange(t.since, NULL)
    RETURNING s.*, t.since, t.later, t.meanwhile, t.unit_id AS to_unit, t.unit_path AS to_path,
      t.standing AS to_standing, t.participation AS to_participation),
  rest AS (
    INSERT INTO members_spell (member_id, unit_id, unit_path, standing, participation, valid, recorded_at, event_uid)
    SELECT member_id, unit_id, unit_path, standing, participation, daterange(lower(valid), since), retracted_at, retracted_by
      FROM cut WHERE lower(valid) < since
    UNION ALL
    SELECT member_id, coalesce(to_unit, unit_id), coalesce(to_path, unit_path), coalesce(to_standing, standing),
      coalesce(part.way, participation), part.days, retracted_at, retracted_by
      FROM cut CROSS JOIN LATERAL (VALUES
        (valid * daterange(since, later), meanwhile), (valid * daterange(later, NULL), to_participation)) AS part (days, way)
      WHERE NOT isempty(part.days)
    RETURNING 1)"""
"""The way of taking part is the new one from `later` on; up to then it is `meanwhile`, or what it was."""

BEGIN = """
  begun AS (
    INSERT INTO members_spell (member_id, unit_id, unit_path, standing, participation, valid, recorded_at, event_uid)
    SELECT member_id, unit_id, unit_path, standing, participation, daterange(since, NULL), recorded_at, event_uid
    FROM jsonb_to_recordset(%s::jsonb) AS x(member_id bigint, since date, unit_id bigint, unit_path text,
      standing text, participation text, event_uid uuid, recorded_at timestamptz)
    RETURNING 1)"""
