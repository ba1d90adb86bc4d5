"""All records of one person: the kept one, and those that were merged into it.

Their history counts in no figure, but what was decided about the person stays decided: a removal, a level, a relief.
"""

from __future__ import annotations

from backend.audit.codes import EventCode

RECORDS = f"""
    WITH RECURSIVE record (kept, id) AS (
      SELECT one, one FROM unnest(%s::bigint[]) AS one
      UNION
      SELECT r.kept, (t.facts ->> 'record')::bigint FROM record r
      JOIN audit_event t ON t.code = '{EventCode.MEMBER_TOOK_OVER}' AND t.subject_id = r.id AND t.subject_kind = 'member'
      WHERE t.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = t.uid))"""  # noqa: S608  (constants only)
"""`record`: for each id given, that id and those of the records merged into it, as far as the scope reaches."""
