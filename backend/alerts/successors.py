"""What a seat was told of before its holder's days, for the first morning's letter of whoever took it: a successor, or
the first holder after a vacancy.

Nothing is said anew. The letter encloses the notices that stand in the books: of each open deadline the latest one that was
said to the office, or could not be. So each rung keeps its one outcome, and the ledger has a line for the new reader too.
A notice that had reached nobody (the seat was empty, the address dead) is said with this letter.
"""

from __future__ import annotations

from backend.alerts.recipients import SITS

# Seats that began, or were entered in the books, since the last morning with letters; an hour more for what was being
# entered while those were made: nobody is told twice of one notice (`IS_NEWS`). Deadlines lead to their notices, not the
# other way round: a seat's open deadlines are few, its notices those of years.
BEGUN = f"""
last AS (
  SELECT day, created_at FROM alerts_letter
  WHERE urgent_notice_id IS NULL AND user_id IS NOT NULL AND day < %(day)s::date ORDER BY id DESC LIMIT 1
), begun AS MATERIALIZED (
  SELECT DISTINCT a.user_id, a.office, a.unit_id, a.unit_path
  FROM last JOIN accounts_assignment a ON a.from_date > last.day OR a.entered_at > last.created_at - interval '1 hour'
  WHERE %(morning)s AND {SITS}
), known AS MATERIALIZED (
  SELECT month, id, office, unit_id, unit_path, channel, false AS critical, true AS stands,
    levels_up = 0 AND due_on < %(day)s::date AS late,
    NOT critical AND kind = 'remind' AND due_on > %(day)s::date AS can_be_muted
  FROM (
    SELECT DISTINCT ON (n.deadline_id, n.office, n.unit_id, n.channel) n.*, d.due_on
    FROM (
      SELECT DISTINCT o.id, o.due_on FROM begun b JOIN deadlines_deadline o
        ON o.status = 'open' AND o.acting_path >= b.unit_path AND o.acting_path < b.unit_path || '~'
    ) d JOIN alerts_notice n ON n.deadline_id = d.id
    WHERE n.channel = ANY (%(channels)s) AND n.outcome <> 'coalesced'
      AND (n.outcome <> 'skipped' OR n.reason IN ('vacant_office', 'no_address', 'address_dead', 'muted_by_person'))
    ORDER BY n.deadline_id, n.office, n.unit_id, n.channel, n.rung_on DESC, n.rung DESC
  ) latest
  WHERE id NOT IN (SELECT id FROM held)
)"""  # noqa: S608  (constants only)
"""`known`: notices in the form of `held` that were told, or could not be, to offices at or below a seat that began."""

IS_NEWS = """(r.user_id, r.seat, r.at_id) IN (SELECT user_id, office, unit_id FROM begun)
    AND NOT EXISTS (SELECT FROM alerts_enclosure e JOIN alerts_letter l ON l.id = e.letter_id
                    WHERE e.notice_id = h.id AND e.month = h.month AND l.user_id = r.user_id)"""
"""SQL that is true of a `known` notice `h` and its reader `r`: sits there since then, and has it in no letter yet."""
