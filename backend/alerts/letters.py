"""One letter per person, day and channel from the notices that are held; what is critical goes by itself and at once.

The person is found here, not by the sweep: whoever holds the office on the day. A notice nobody can read is not
dropped but skipped with its reason, and a deadline that was closed in the meantime is no longer mentioned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from backend.alerts import heartbeat
from backend.alerts.channels import CARRIERS, routes
from backend.alerts.hook_letters import HOOKS
from backend.alerts.quiet import MAKING, morning_is_due
from backend.alerts.recipients import READERS, on_day
from backend.alerts.righting import forget_the_future
from backend.alerts.successors import BEGUN, IS_NEWS
from backend.core import clock
from backend.core.db import execute

# How many rows the parts of this statement give is anybody's guess to the planner, so that it would join two of them row
# by row, in the square of their number. Hence keys are given out beforehand, what belongs together is grouped, not joined, and
# letters made by a run at the same time are left out by a set of keys (IS TRUE keeps the planner from making a join of it).
MAKE = """
WITH held AS MATERIALIZED (
  SELECT n.month, n.id, n.office, n.unit_id, n.unit_path, n.channel, n.critical, d.status = 'open' AS stands,
    n.levels_up = 0 AND d.due_on < %(day)s::date AS late,
    NOT n.critical AND n.kind = 'remind' AND d.due_on > %(day)s::date AS can_be_muted
  FROM alerts_notice n JOIN deadlines_deadline d ON d.id = n.deadline_id
  WHERE n.outcome = 'held' AND n.channel = ANY (%(channels)s) AND (n.critical OR %(morning)s OR n.id = ANY (%(revived)s))
    AND NOT EXISTS (SELECT FROM alerts_enclosure e WHERE e.notice_id = n.id AND e.month = n.month)
), {begun}, due AS (
  SELECT *, false AS again FROM held UNION ALL SELECT *, true FROM known
), asked AS (
  SELECT DISTINCT unit_id FROM due
), {readers}, route AS (
  {routes}
), reader AS MATERIALIZED (
  SELECT h.month, h.id, coalesce(t.channel, h.channel) AS channel, h.unit_path, h.critical, h.again, r.user_id, r.seat,
    r.at_id, t.address, t.device_id,
    CASE WHEN h.can_be_muted AND coalesce(t.channel, h.channel) = ANY (p.muted) THEN 'muted_by_person'
         WHEN coalesce(t.address, '') = '' THEN 'no_address' WHEN t.dead THEN 'address_dead' ELSE '' END AS unheard
  FROM due h JOIN reads r ON r.unit_id = h.unit_id AND r.office = h.office
  LEFT JOIN route t ON t.user_id = r.user_id AND t.carries = h.channel
  LEFT JOIN alerts_preference p ON p.user_id = r.user_id
  WHERE h.stands AND (h.late OR NOT r.replaced) AND (NOT h.again OR {is_news})
), spared AS (
  INSERT INTO alerts_unheard (month, notice_id, user_id, channel, unit_path, reason)
  SELECT DISTINCT month, id, user_id, channel, unit_path, unheard FROM reader WHERE unheard <> ''
  ON CONFLICT DO NOTHING
), heard AS MATERIALIZED (
  SELECT month, id, bool_or(stands) AS stands, coalesce(bool_or(unheard = ''), false) AS by_somebody,
    (array_agg(unheard ORDER BY array_position('{{address_dead,no_address,muted_by_person}}', unheard))
      FILTER (WHERE unheard IS NOT NULL))[1] AS why_not
  FROM (SELECT month, id, stands, NULL AS unheard FROM held UNION ALL SELECT month, id, NULL, unheard FROM reader
    WHERE NOT again) told_of
  GROUP BY month, id
), skipped AS (
  UPDATE alerts_notice n SET outcome = 'skipped', settled_at = %(now)s,
    reason = CASE WHEN NOT x.stands THEN 'deadline_closed' ELSE coalesce(x.why_not, 'vacant_office') END
  FROM heard x WHERE n.month = x.month AND n.id = x.id AND NOT x.by_somebody
  RETURNING n.reason
), chosen AS (
  SELECT DISTINCT ON (user_id, channel, device_id, urgent, month, id) *
  FROM (SELECT *, CASE WHEN critical THEN id END AS urgent FROM reader WHERE unheard = '') told_to
  ORDER BY user_id, channel, device_id, urgent, month, id, at_id DESC, seat
), bundle AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('alerts_letter', 'id')) AS key, b.* FROM (
    SELECT user_id, channel, device_id, urgent, min(address) AS address,
      (array_agg(unit_path ORDER BY length(unit_path), unit_path))[1] AS unit_path,
      jsonb_agg(jsonb_build_array(month, id, seat, at_id)) AS notices
    FROM chosen GROUP BY user_id, channel, device_id, urgent) b
), letter AS (
  INSERT INTO alerts_letter (id, user_id, device_id, day, urgent_notice_id, channel, unit_path, address, message_id, outcome,
    answer, attempts, next_attempt_at, created_at, returned_words, blames_address)
  SELECT key, user_id, device_id, %(day)s::date, urgent, channel, unit_path, address,
    '<' || gen_random_uuid() || '@' || %(host)s::text || '>', 'held', '', 0, %(now)s::timestamptz, %(now)s::timestamptz,
    '', false
  FROM bundle
  ON CONFLICT DO NOTHING
  RETURNING id
), enclosed AS (
  INSERT INTO alerts_enclosure (letter_id, month, notice_id, seat, seat_unit_id)
  SELECT b.key, (e.one ->> 0)::date, (e.one ->> 1)::bigint, e.one ->> 2, (e.one ->> 3)::bigint
  FROM bundle b CROSS JOIN LATERAL jsonb_array_elements(b.notices) AS e(one)
  WHERE (b.key IN (SELECT id FROM letter)) IS TRUE
  RETURNING 1
), {hooks}
SELECT 'letters', (SELECT count(*) FROM letter) + (SELECT count(*) FROM hook_letter)
UNION ALL SELECT 'enclosed', count(*) FROM enclosed
UNION ALL SELECT reason, count(*) FROM skipped GROUP BY reason
"""
"""A reader mutes reminders before the day, never what is due, overdue, climbing or critical (`preferences`)."""

# What the letters of this morning did not say because the reader's address was set aside, and another one was set since.
REVIVE = """
WITH morning AS (SELECT min(started_at) AS at FROM alerts_heartbeat WHERE job = %(job)s AND business_day = %(day)s)
UPDATE alerts_notice n SET outcome = 'held', reason = '', settled_at = NULL
FROM morning, accounts_user u, alerts_unheard x, deadlines_deadline d
WHERE u.address_dead_since IS NULL AND u.address_confirmed_at > morning.at
  AND x.user_id = u.id AND x.channel = 'mail' AND x.reason = 'address_dead'
  AND n.month = x.month AND n.id = x.notice_id AND n.outcome = 'skipped' AND n.reason = 'address_dead'
  AND n.settled_at < u.address_confirmed_at AND n.settled_at >= morning.at
  AND d.id = n.deadline_id AND d.status = 'open'
RETURNING n.id
"""


def make_letters(business_day: date | None = None, *, force_morning: bool = False) -> Counter[str]:
    """Bundle what is held: in the morning everything, at other times only what is critical.

    Safe to run at once with itself: a lock of its own makes the second one find nothing. Gives the
    number of letters, of notices enclosed, and of notices skipped by reason.
    """
    day = business_day or clock.today()
    forget_the_future()
    if not (force_morning or morning_is_due(day)):
        return _make(day, morning=False)
    with heartbeat.run(MAKING, day) as counts:
        made = _make(day, morning=True)
        skipped = made.total() - made["letters"] - made["enclosed"]
        counts.update(claimed=made["enclosed"] + skipped, held=made["enclosed"], skipped=skipped)
    return made


def _make(day: date, *, morning: bool) -> Counter[str]:
    with transaction.atomic(durable=True):
        revived = [] if morning else [key for (key,) in execute(REVIVE, {"job": MAKING, "day": day})]
        return bundle(day, morning=morning, revived=revived)


def bundle(day: date, *, morning: bool, revived: Sequence[int] = ()) -> Counter[str]:
    """The same in the caller's transaction; `revived` are the ids of notices that are bundled at any hour."""
    host = urlsplit(settings.CHIBO_PUBLIC_URL).hostname or "localhost"
    values = {
        **on_day(day), "morning": morning, "now": clock.now(), "host": host, "channels": list(CARRIERS),
        "revived": list(revived),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('chibo.letters'))")
        cursor.execute(MAKE.format(begun=BEGUN, is_news=IS_NEWS, readers=READERS, routes=routes(), hooks=HOOKS), values)
        return Counter(dict(cursor.fetchall()))
