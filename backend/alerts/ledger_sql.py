"""What the notices of one deadline, their letters and whoever was spared say: a row for each notice, reader and way.

By the notice's own channel the outcome is the notice's; what went beside it (chat, webhooks), and what waits or was refused
while the notice was said to another reader or by another way, has that of its own letter.
"""

from __future__ import annotations

_WAYS = """
  n.office, n.unit_id, coalesce(x.way, n.channel),
  CASE WHEN x.unheard THEN 'skipped' WHEN x.apart THEN x.outcome ELSE n.outcome END,
  CASE WHEN x.apart AND x.outcome = 'failed' THEN 'not_taken' WHEN x.apart THEN '' ELSE coalesce(x.reason, n.reason) END,
  n.reason_params, n.created_at, CASE WHEN x.apart THEN x.answered_at ELSE n.settled_at END,
  x.user_id, coalesce(x.answer, ''), x.answered_at, coalesce(x.message_id, ''), x.next_attempt_at,
  coalesce(x.seat, ''), x.seat_unit_id, coalesce(x.tried, false), coalesce(x.hindered, ''),
  coalesce(reader.username, ''), coalesce(reader.full_name, '')
FROM alerts_notice n
LEFT JOIN LATERAL (
  SELECT false AS unheard, NULL AS reason, l.user_id, l.channel AS way, l.outcome,
    e.left_out_from IS NULL AND (l.channel <> n.channel OR (n.outcome = 'held') <> (l.outcome = 'held')
      OR (n.outcome <> 'failed' AND l.outcome = 'failed')) AS apart,
    CASE WHEN e.left_out_from IS NULL THEN concat_ws(' · ', nullif(l.answer, ''), nullif(l.returned_words, ''))
         ELSE last.answer END AS answer,
    CASE WHEN e.left_out_from IS NULL THEN l.settled_at ELSE last.ended_at END AS answered_at, l.message_id,
    l.next_attempt_at, e.seat, e.seat_unit_id, l.attempts > 0 AS tried,
    CASE WHEN l.channel = 'mail' AND who.address_dead_since IS NOT NULL THEN 'waits_for_address' ELSE l.hindered END AS hindered
  FROM alerts_enclosure e
  JOIN alerts_letter l ON l.id = e.letter_id
  LEFT JOIN accounts_user who ON who.id = l.user_id
  LEFT JOIN LATERAL (
    SELECT a.answer, a.ended_at FROM alerts_attempt a
    WHERE a.letter_id = e.letter_id AND a.number < e.left_out_from ORDER BY a.number DESC LIMIT 1
  ) last ON true
  WHERE e.notice_id = n.id AND e.month = n.month
  UNION ALL
  SELECT true, u.reason, u.user_id, u.channel, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM alerts_unheard u
  WHERE u.notice_id = n.id AND u.month = n.month
) x ON true
LEFT JOIN accounts_user reader ON reader.id = x.user_id
"""
SAID = f"""
SELECT n.rung, n.rung_on, n.kind, n.levels_up, {_WAYS}
WHERE n.deadline_id = %s ORDER BY n.rung, n.office, n.unit_id, n.channel, x.unheard, x.user_id, x.way
"""
"""Of one deadline."""
SAID_OF = f"""
SELECT n.id, {_WAYS}
WHERE n.month = ANY (%s) AND n.id = ANY (%s) ORDER BY n.id DESC, x.unheard, x.user_id, x.way
"""
"""Of notices by their months and ids, the newest first."""
