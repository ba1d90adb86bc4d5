"""Delivery's statements. The lease of a claimed letter is its `next_attempt_at`: a dead worker's comes up again."""

from __future__ import annotations

CLAIM = """
WITH next AS MATERIALIZED (
  SELECT id FROM alerts_letter
  WHERE outcome = 'held' AND next_attempt_at <= %(now)s AND (urgent_notice_id IS NOT NULL OR %(loud)s)
  ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), lost AS (
  UPDATE alerts_attempt SET ended_at = %(now)s, answer = 'no answer known'
  WHERE letter_id IN (SELECT id FROM next) AND ended_at IS NULL
), claimed AS (
  UPDATE alerts_letter l SET attempts = l.attempts + 1, next_attempt_at = %(lease)s
  FROM next WHERE l.id = next.id RETURNING l.id, l.attempts
)
INSERT INTO alerts_attempt (letter_id, number, started_at, answer)
SELECT id, attempts, %(now)s, '' FROM claimed RETURNING letter_id, number
"""

SETTLE_ATTEMPT = """
UPDATE alerts_attempt SET ended_at = %(now)s, accepted = %(accepted)s, answer = %(words)s
WHERE letter_id = %(letter)s AND number = %(number)s
"""

# Another attempt that was accepted, or of which nobody knows: then this one may be the second to arrive.
SETTLE_ACCEPTED = """
UPDATE alerts_letter l SET settled_at = %(now)s, next_attempt_at = NULL, answer = %(words)s, outcome =
  CASE WHEN EXISTS (SELECT FROM alerts_attempt a WHERE a.letter_id = l.id AND a.number <> %(number)s
                      AND a.accepted IS NOT FALSE AND a.ended_at IS NOT NULL)
       THEN 'possibly_twice' ELSE 'sent' END
WHERE l.id = %(letter)s RETURNING l.outcome
"""

# Only by whoever still holds the lease: an attempt that was overtaken does not undo the later one.
SETTLE_REFUSED = """
UPDATE alerts_letter SET answer = %(words)s, next_attempt_at = %(next)s,
  outcome = CASE WHEN %(next)s::timestamptz IS NULL THEN 'failed' ELSE 'held' END,
  settled_at = CASE WHEN %(next)s::timestamptz IS NULL THEN %(now)s::timestamptz END
WHERE id = %(letter)s AND outcome = 'held' AND attempts = %(number)s RETURNING outcome
"""

# Locked before they are looked at: of two letters settled at once, the second must see the first.
LOCK_NOTICES = """
SELECT FROM alerts_notice n JOIN alerts_enclosure e ON e.month = n.month AND e.notice_id = n.id
WHERE e.letter_id = %(letter)s ORDER BY n.month, n.id FOR UPDATE OF n
"""

SETTLE_NOTICES = """
UPDATE alerts_notice n SET outcome = x.outcome, reason = CASE x.outcome WHEN 'failed' THEN 'not_accepted' ELSE '' END,
  settled_at = CASE WHEN x.outcome <> 'held' THEN %(now)s::timestamptz END
FROM (
  SELECT e.month, e.notice_id,
    CASE WHEN bool_or(l.outcome = 'held') THEN 'held' WHEN bool_or(l.outcome = 'possibly_twice') THEN 'possibly_twice'
         WHEN bool_or(l.outcome = 'sent') THEN 'sent' ELSE 'failed' END AS outcome
  FROM alerts_enclosure mine
  JOIN alerts_enclosure e ON e.notice_id = mine.notice_id AND e.month = mine.month
  JOIN alerts_letter l ON l.id = e.letter_id
  WHERE mine.letter_id = %(letter)s GROUP BY 1, 2
) x
WHERE n.month = x.month AND n.id = x.notice_id
"""
