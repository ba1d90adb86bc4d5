"""All records of one person: the kept one, and those that were merged into it.

Their history counts in no figure, but what was decided about the person stays decided: a removal, a level, a relief.
"""

from __future__ import annotations


def records(kept: str) -> str:
    """SQL: `record` has for each id that `kept` selects that id (as `kept`) with its own and those of the records merged into
    it, as far as the scope reaches."""
    return f"""
    WITH RECURSIVE record (kept, id) AS (
      SELECT one, one FROM ({kept}) AS asked (one)
      UNION
      SELECT r.kept, (t.facts ->> 'record')::bigint FROM record r
      JOIN audit_event t ON t.code = 'member.took_over' AND t.subject_kind = 'member' AND t.subject_id = r.id
      WHERE t.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = t.uid))"""  # noqa: S608  (constants only)


RECORDS = records("SELECT unnest(%s::bigint[])")
"""Of the ids given."""
