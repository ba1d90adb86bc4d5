"""Parts of the write statement that only a correction needs: history retracted or as it was before, deadlines as before."""

RETRACT = """
  counted AS (
    UPDATE members_spell s SET retracted_at = x.recorded_at, retracted_by = x.event_uid
    FROM jsonb_to_recordset(%s::jsonb) AS x(member_id bigint, event_uid uuid, recorded_at timestamptz)
    WHERE s.member_id = x.member_id AND s.retracted_at IS NULL RETURNING 1)"""

# A stretch that stands again keeps the event it came from, so that a void of that one finds it too.
UNTURN = """
  undone AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb)
      AS x(subject bigint, voided uuid, event_uid uuid, recorded_at timestamptz)),
  withdrawn AS (
    UPDATE members_spell s SET retracted_at = u.recorded_at, retracted_by = u.event_uid
    FROM undone u WHERE s.member_id = u.subject AND s.event_uid = u.voided AND s.retracted_at IS NULL RETURNING 1),
  again AS (
    INSERT INTO members_spell (member_id, unit_id, unit_path, standing, participation, valid, recorded_at, event_uid)
    SELECT s.member_id, s.unit_id, s.unit_path, s.standing, s.participation, s.valid, u.recorded_at, s.event_uid
    FROM members_spell s JOIN undone u ON s.member_id = u.subject AND s.retracted_by = u.voided
    RETURNING 1)"""

# An event of a member reaches the deadlines of the member's cases too (`cases.leaving`).
# A deadline that the voided event opened is cancelled; one that it closed stands open again, at its next undone rung. Where
# its case has gone to another unit since, it stands there, as those that went along (`hand_parts`).
UNCLOSE = """
  asked AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS x(kind text, subject bigint, voided uuid, event_uid uuid,
      unit_id bigint, unit_path text, acting jsonb, number text)),
  reversed AS (
    SELECT * FROM asked
    UNION ALL
    SELECT 'case', c.id, a.voided, a.event_uid, NULL, NULL, NULL, NULL FROM asked a JOIN cases_case c ON c.member_id = a.subject
    WHERE a.kind = 'member'),
  unopened AS (
    UPDATE deadlines_deadline d
    SET status = 'cancelled', closed_by = r.event_uid, next_rung = NULL, next_rung_on = NULL, version = d.version + 1
    FROM reversed r
    WHERE d.subject_kind = r.kind AND d.subject_id = r.subject AND d.occurrence = r.voided AND d.status = 'open' RETURNING 1),
  reopened AS (
    UPDATE deadlines_deadline d
    SET status = 'open', met_on = NULL, closed_by = NULL, version = d.version + 1,
      unit_id = coalesce(r.unit_id, d.unit_id), unit_path = coalesce(r.unit_path, d.unit_path),
      acting_unit_id =
        CASE WHEN r.unit_id <> d.unit_id THEN (r.acting -> d.acting_level ->> 0)::bigint ELSE d.acting_unit_id END,
      acting_path = CASE WHEN r.unit_id <> d.unit_id THEN r.acting -> d.acting_level ->> 1 ELSE d.acting_path END,
      reference = coalesce(r.number, d.reference),
      next_rung = (
        SELECT place - 1 FROM unnest(d.rung_days) WITH ORDINALITY AS rung(day, place)
        WHERE day IS NOT NULL AND (d.rungs_done >> (place - 1)::int) & 1 = 0 ORDER BY day, place LIMIT 1),
      next_rung_on = (
        SELECT day FROM unnest(d.rung_days) WITH ORDINALITY AS rung(day, place)
        WHERE day IS NOT NULL AND (d.rungs_done >> (place - 1)::int) & 1 = 0 ORDER BY day, place LIMIT 1)
    FROM reversed r
    WHERE d.subject_kind = r.kind AND d.subject_id = r.subject AND d.closed_by = r.voided AND d.occurrence <> r.voided
    RETURNING d.id)"""
REOPENED = "SELECT id FROM reopened"
