"""One letter per person and day from the notices that are held; what is critical goes by itself and at once.

The person is found here, not by the sweep: whoever holds the office on the day. A notice nobody can read is not
dropped but skipped with its reason, and a deadline that was closed in the meantime is no longer mentioned.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from backend.alerts import heartbeat
from backend.alerts.quiet import MAKING, morning_is_due
from backend.alerts.recipients import READERS, on_day
from backend.core import clock

MAKE = f"""
WITH held AS MATERIALIZED (
  SELECT n.month, n.id, n.office, n.unit_id, n.unit_path, n.critical, d.status = 'open' AS stands,
    n.levels_up = 0 AND d.due_on < %(day)s::date AS late
  FROM alerts_notice n JOIN deadlines_deadline d ON d.id = n.deadline_id
  WHERE n.outcome = 'held' AND n.channel = 'mail' AND (n.critical OR %(morning)s)
    AND NOT EXISTS (SELECT FROM alerts_enclosure e WHERE e.notice_id = n.id AND e.month = n.month)
), asked AS (
  SELECT DISTINCT unit_id FROM held
), {READERS}, reader AS MATERIALIZED (
  SELECT h.month, h.id, h.unit_path, h.critical, r.user_id, r.email, r.seat, r.at_id
  FROM held h JOIN reads r ON r.unit_id = h.unit_id AND r.office = h.office
  WHERE h.stands AND (h.late OR NOT r.replaced)
), skipped AS (
  UPDATE alerts_notice n SET outcome = 'skipped', settled_at = %(now)s, reason =
    CASE WHEN NOT h.stands THEN 'deadline_closed'
         WHEN EXISTS (SELECT FROM reader r WHERE r.id = h.id AND r.month = h.month) THEN 'no_address'
         ELSE 'vacant_office' END
  FROM held h
  WHERE n.month = h.month AND n.id = h.id
    AND NOT EXISTS (SELECT FROM reader r WHERE r.id = h.id AND r.month = h.month AND r.email <> '')
  RETURNING n.reason
), letter AS (
  INSERT INTO alerts_letter (user_id, day, urgent_notice_id, channel, unit_path, address, message_id, outcome, answer,
    attempts, next_attempt_at, created_at)
  SELECT user_id, %(day)s::date, CASE WHEN critical THEN id END, 'mail',
    (array_agg(unit_path ORDER BY length(unit_path), unit_path))[1], min(email),
    '<' || gen_random_uuid() || '@' || %(host)s::text || '>', 'held', '', 0, %(now)s::timestamptz, %(now)s::timestamptz
  FROM reader WHERE email <> '' GROUP BY user_id, CASE WHEN critical THEN id END
  ON CONFLICT DO NOTHING
  RETURNING id, user_id, urgent_notice_id
), enclosed AS (
  INSERT INTO alerts_enclosure (letter_id, month, notice_id, seat, seat_unit_id)
  SELECT DISTINCT ON (l.id, r.month, r.id) l.id, r.month, r.id, r.seat, r.at_id
  FROM reader r JOIN letter l ON l.user_id = r.user_id
    AND l.urgent_notice_id IS NOT DISTINCT FROM CASE WHEN r.critical THEN r.id END
  ORDER BY l.id, r.month, r.id, r.at_id DESC, r.seat
  RETURNING 1
)
SELECT 'letters', count(*) FROM letter
UNION ALL SELECT 'enclosed', count(*) FROM enclosed
UNION ALL SELECT reason, count(*) FROM skipped GROUP BY reason
"""  # noqa: S608  (constants only)


def make_letters(business_day: date | None = None, *, force_morning: bool = False) -> Counter[str]:
    """Bundle what is held: in the morning everything, at other times only what is critical.

    Safe to run at once with itself: a lock of its own makes the second one find nothing. Gives the
    number of letters, of notices enclosed, and of notices skipped by reason.
    """
    day = business_day or clock.today()
    if not (force_morning or morning_is_due(day)):
        return _make(day, morning=False)
    with heartbeat.run(MAKING, day) as counts:
        made = _make(day, morning=True)
        skipped = made.total() - made["letters"] - made["enclosed"]
        counts.update(claimed=made["enclosed"] + skipped, held=made["enclosed"], skipped=skipped)
    return made


def _make(day: date, *, morning: bool) -> Counter[str]:
    with transaction.atomic(durable=True):
        return bundle(day, morning=morning)


def bundle(day: date, *, morning: bool) -> Counter[str]:
    """The same in the caller's transaction."""
    host = urlsplit(settings.CHIBO_PUBLIC_URL).hostname or "localhost"
    values = {**on_day(day), "morning": morning, "now": clock.now(), "host": host}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('chibo.letters'))")
        cursor.execute(MAKE, values)
        return Counter(dict(cursor.fetchall()))
