"""Parts of the write statement that only a hand-over needs: a member's cases and deadlines come to another unit."""

HAND_CASES = """
  handed AS (
    UPDATE cases_case c SET number = x.number, unit_id = x.unit_id, unit_path = x.unit_path,
      acting_unit_id = x.acting_unit_id, acting_path = x.acting_path
    FROM jsonb_to_recordset(%s::jsonb) AS x(id bigint, number text, unit_id bigint, unit_path text, acting_unit_id bigint,
      acting_path text)
    WHERE c.id = x.id RETURNING 1)"""

# Days stay as they are; whose turn it is follows from the level, at the new unit.
HAND_DEADLINES = """
  carried AS (
    UPDATE deadlines_deadline d SET unit_id = x.unit_id, unit_path = x.unit_path,
      acting_unit_id = (x.acting -> d.acting_level ->> 0)::bigint, acting_path = x.acting -> d.acting_level ->> 1,
      reference = CASE WHEN d.subject_kind = 'case' THEN x.numbers ->> d.subject_id::text ELSE d.reference END,
      version = d.version + 1
    FROM jsonb_to_recordset(%s::jsonb) AS x(member_id bigint, cases bigint[], unit_id bigint, unit_path text, acting jsonb,
      numbers jsonb)
    WHERE d.status = 'open' AND (d.subject_kind = 'member' AND d.subject_id = x.member_id
      OR d.subject_kind = 'case' AND d.subject_id = ANY (x.cases))
    RETURNING 1)"""
