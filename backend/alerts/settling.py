"""Delivery's statements. The lease of a claimed letter is its `next_attempt_at`: a dead worker's comes up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.backends.utils import CursorWrapper

from backend.alerts.preferences import QUIET

# Ordinary letters of whoever has quiet hours now leave in the first hour that is quiet neither for the person nor for all.
POSTPONE = f"""
UPDATE alerts_letter l SET next_attempt_at = (
  SELECT min(later.moment) FROM (
    SELECT date_trunc('hour', %(now)s::timestamptz) + hours * interval '1 hour' AS moment FROM generate_series(1, 24) hours
  ) later
  CROSS JOIN LATERAL (SELECT extract(hour FROM later.moment AT TIME ZONE %(zone)s) AS hour) at
  WHERE at.hour >= %(day_from)s AND at.hour < %(day_until)s AND NOT ({QUIET.format(hour="at.hour", p="p")}))
FROM alerts_preference p
WHERE l.outcome = 'held' AND l.next_attempt_at <= %(now)s AND l.urgent_notice_id IS NULL AND p.user_id = l.user_id
  AND ({QUIET.format(hour="%(hour)s", p="p")})
"""  # noqa: S608  (constants only)

BROKEN = "template_broken"
"""Why a letter could not be tried: it cannot be rendered."""

WAITING = """
SELECT count(*) FROM (
  SELECT FROM alerts_letter WHERE outcome = 'held' AND channel = %s AND next_attempt_at <= %s LIMIT %s) waiting
"""

# The address is read here: a letter goes to where its reader is reached now. One whose place is set aside waits for
# another, but not of a device: its letters are its own.
CLAIM = """
WITH next AS MATERIALIZED (
  SELECT l.id, r.address FROM alerts_letter l
  LEFT JOIN ({routes}) r ON r.user_id = l.user_id AND r.channel = l.channel AND r.device_id IS NOT DISTINCT FROM l.device_id
  WHERE l.outcome = 'held' AND l.next_attempt_at <= %(now)s AND (l.urgent_notice_id IS NOT NULL OR %(loud)s)
    AND l.channel = ANY (%(channels)s) AND (l.device_id IS NOT NULL OR NOT coalesce(r.dead, false))
  ORDER BY l.next_attempt_at, l.id LIMIT %(most)s FOR UPDATE OF l SKIP LOCKED
), lost AS (
  UPDATE alerts_attempt SET ended_at = %(now)s, answer = 'no answer known'
  WHERE letter_id IN (SELECT id FROM next) AND ended_at IS NULL
), claimed AS (
  UPDATE alerts_letter l SET attempts = l.attempts + 1, next_attempt_at = %(lease)s,
    address = coalesce(nullif(next.address, ''), l.address)
  FROM next WHERE l.id = next.id RETURNING l.id, l.attempts, l.channel
), left_out AS (
  UPDATE alerts_enclosure e SET left_out_from = c.attempts
  FROM claimed c, alerts_notice n, deadlines_deadline d
  WHERE e.letter_id = c.id AND e.left_out_from IS NULL AND n.month = e.month AND n.id = e.notice_id
    AND d.id = n.deadline_id AND d.status <> 'open'
  RETURNING e.letter_id
), tried AS (
  INSERT INTO alerts_attempt (letter_id, number, started_at, answer)
  SELECT id, attempts, %(now)s, '' FROM claimed
)
SELECT id, attempts, channel, id IN (SELECT letter_id FROM left_out) FROM claimed ORDER BY id
"""

# Answers need not be on the disk before the next letter leaves. What a power cut takes of them is an attempt whose answer
# nobody knows: that it was made had been written down for good.
UNHURRIED = "SET LOCAL synchronous_commit = off"

GIVEN = """
given AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%(given)s::jsonb) AS g(
    letter bigint, number int, accepted boolean, words text, next timestamptz, final text, hindered text)
)"""

# Accepted: another attempt that was accepted too, or of which nobody knows, makes this one perhaps the second to arrive.
# Unsent: only by whoever still holds the lease; an attempt that was overtaken does not undo the later one.
SETTLE = f"""
WITH {GIVEN}, tried AS (
  UPDATE alerts_attempt a SET ended_at = %(now)s, accepted = g.accepted, answer = g.words
  FROM given g WHERE a.letter_id = g.letter AND a.number = g.number
), taken AS (
  UPDATE alerts_letter l SET settled_at = %(now)s, next_attempt_at = NULL, answer = g.words, hindered = '', outcome =
    CASE WHEN EXISTS (SELECT FROM alerts_attempt a WHERE a.letter_id = l.id AND a.number <> g.number
                        AND a.accepted IS NOT FALSE AND a.ended_at IS NOT NULL)
         THEN 'possibly_twice' ELSE 'sent' END
  FROM given g WHERE g.accepted AND l.id = g.letter RETURNING l.id, l.outcome
), unsent AS (
  UPDATE alerts_letter l SET answer = g.words, next_attempt_at = g.next, hindered = '',
    outcome = CASE WHEN g.next IS NULL THEN g.final ELSE 'held' END,
    settled_at = CASE WHEN g.next IS NULL THEN %(now)s::timestamptz END
  FROM given g
  WHERE g.accepted IS NOT TRUE AND l.id = g.letter AND l.outcome = 'held' AND l.attempts = g.number
  RETURNING l.id, l.outcome
)
SELECT id, outcome FROM taken UNION ALL SELECT id, outcome FROM unsent
"""  # noqa: S608  (constants only)

# Claims that came to nothing before anything was sent: as if they had not been, but for the reason.
RELEASE = f"""
WITH {GIVEN}, undone AS (
  DELETE FROM alerts_attempt a USING given g WHERE a.letter_id = g.letter AND a.number = g.number AND a.ended_at IS NULL
)
UPDATE alerts_letter l SET attempts = l.attempts - 1, next_attempt_at = g.next, hindered = g.hindered
FROM given g WHERE l.id = g.letter AND l.outcome = 'held' AND l.attempts = g.number
"""  # noqa: S608  (constants only)

# A letter of a day that is over, whose place is still set aside, and that nobody has in hand.
LAY_ASIDE = """
UPDATE alerts_letter l SET outcome = 'skipped', settled_at = %(now)s, next_attempt_at = NULL
FROM ({routes}) r
WHERE r.user_id = l.user_id AND r.channel = l.channel AND r.dead AND l.device_id IS NULL
  AND l.outcome = 'held' AND l.next_attempt_at <= %(now)s AND l.day < %(day)s
RETURNING l.id
"""

# Locked before they are looked at: of two letters settled at once, the second must see the first.
LOCK_NOTICES = """
SELECT FROM alerts_notice n JOIN alerts_enclosure e ON e.month = n.month AND e.notice_id = n.id
WHERE e.letter_id = ANY (%(letters)s) ORDER BY n.month, n.id FOR UPDATE OF n
"""

# What a notice's letters say of it, letter by letter: an attempt carried it unless the letter had left it out by then.
# A notice in several letters (an office held by two, a chat beside the mail) takes the best of their answers: it is said with
# the first that arrives, and waits while none has. Whether people were told does not depend on programs: letters of webhooks
# say nothing of a notice.
SETTLE_NOTICES = """
WITH enclosed AS (
  SELECT e.month, e.notice_id, e.left_out_from IS NOT NULL AS left_out, l.outcome = 'held' AS waits,
    l.outcome = 'skipped' AS set_aside,
    count(*) FILTER (WHERE a.accepted AND l.returned_words = '') AS said,
    count(*) FILTER (WHERE a.accepted IS NULL AND a.ended_at IS NOT NULL AND l.returned_words = '') AS perhaps,
    bool_or(l.returned_words <> '') AS returned
  FROM (
    SELECT DISTINCT mine.month, mine.notice_id FROM alerts_letter own JOIN alerts_enclosure mine ON mine.letter_id = own.id
    WHERE own.id = ANY (%(letters)s) AND own.user_id IS NOT NULL
  ) about
  JOIN alerts_enclosure e ON e.notice_id = about.notice_id AND e.month = about.month
  JOIN alerts_letter l ON l.id = e.letter_id AND l.user_id IS NOT NULL
  LEFT JOIN alerts_attempt a ON a.letter_id = e.letter_id AND a.number < coalesce(e.left_out_from, a.number + 1)
  GROUP BY e.id, l.id
), judged AS (
  SELECT month, notice_id, perhaps, returned, left_out,
    CASE WHEN waits AND NOT left_out THEN 'held' WHEN said > 0 AND said + perhaps > 1 THEN 'possibly_twice'
         WHEN said > 0 THEN 'sent' WHEN left_out OR set_aside AND perhaps = 0 THEN 'skipped' ELSE 'failed' END AS outcome
  FROM enclosed
), best AS (
  SELECT DISTINCT ON (month, notice_id) month, notice_id, outcome,
    CASE WHEN outcome = 'skipped' AND NOT left_out THEN 'address_dead'
         WHEN outcome = 'skipped' AND perhaps > 0 THEN 'closed_perhaps_said'
         WHEN outcome = 'skipped' THEN 'deadline_closed'
         WHEN outcome = 'failed' AND returned THEN 'came_back'
         WHEN outcome = 'failed' AND perhaps > 0 THEN 'never_answered'
         WHEN outcome = 'failed' THEN 'not_accepted' ELSE '' END AS reason
  FROM judged
  ORDER BY month, notice_id, array_position('{possibly_twice,sent,held,failed,skipped}', outcome), perhaps DESC
)
UPDATE alerts_notice n SET outcome = best.outcome, reason = best.reason,
  settled_at = CASE WHEN best.outcome = n.outcome THEN n.settled_at WHEN best.outcome <> 'held' THEN %(now)s::timestamptz END
FROM best WHERE n.month = best.month AND n.id = best.notice_id
"""


def settle_notices(cursor: CursorWrapper, values: Mapping[str, Any]) -> None:
    """Give the notices of some `letters` (ids; `now`) what their attempts, and those of their other letters, say."""
    cursor.execute(LOCK_NOTICES, values)
    cursor.execute(SETTLE_NOTICES, values)
