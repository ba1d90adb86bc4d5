"""The days that papers let a member be away, or stay elsewhere: as they say it, whatever became of the member since.

A roll of a past day and the months missed are counted by these, not by what the record says today: a return, a lapse or a
later paper recorded afterwards changes nothing about the days before it.
"""

from __future__ import annotations

# A leave or a stay lasts up to its day, or to the day before the return where that came sooner. A leave that a roster tells has
# no case of its own. What neither tells (a record that came another way) is the open stretch, up to the day the record says.
PAPERS = """
    SELECT CASE l.lifecycle WHEN 'away' THEN 'away' ELSE 'elsewhere' END AS way,
      (coalesce(l.facts ->> 'away_from', l.facts ->> 'from_on'))::date AS first,
      least((l.facts ->> 'away_until')::date, CASE WHEN l.state IN ('returned', 'ended') THEN l.closed_on - 1 END) AS last
    FROM cases_case l
    WHERE l.member_id = {member} AND l.lifecycle IN ('away', 'temporary_transfer') AND l.state <> '' AND l.facts ? 'away_until'
    UNION ALL
    SELECT 'away', e.on_date, (e.facts ->> 'away_until')::date FROM audit_event e
    WHERE e.subject_kind = 'member' AND e.subject_id = {member} AND e.version = 1 AND e.facts ? 'away_until'
    UNION ALL
    SELECT o.participation, lower(o.valid), m.away_until FROM members_spell o JOIN members_member m ON m.id = o.member_id
    WHERE o.member_id = {member} AND o.retracted_at IS NULL AND upper_inf(o.valid) AND o.participation IN ('away', 'elsewhere')
      AND m.away_until IS NOT NULL AND NOT EXISTS (
        SELECT FROM cases_case l
        WHERE l.member_id = {member} AND l.state <> '' AND l.facts ? 'away_until'
          AND l.lifecycle = CASE o.participation WHEN 'away' THEN 'away' ELSE 'temporary_transfer' END)"""
"""The way of taking part, its first and its last day, of each paper of a {member} (an expression that gives the id)."""

BROUGHT_IN = """EXISTS (
      SELECT FROM audit_event e
      WHERE e.subject_kind = 'member' AND e.subject_id = {member} AND e.version = 1 AND e.step LIKE 'import%%')"""
"""Whether a roster brought the {member} in: it tells the present alone, and where somebody stood before is not known."""
