"""The letters of webhooks, made with those of people from the same notices, in the same statement; and their last answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.core.db import execute

HOOKS = """
hooked AS MATERIALIZED (
  SELECT h.month, h.id, h.critical, k.id AS endpoint_id, k.unit_path,
    substring(k.url from '://([^/?#]+)') AS address
  FROM held h
  JOIN contacts_endpoint k ON k.closed_at IS NULL AND k.gone_at IS NULL
    AND h.unit_path >= k.unit_path AND h.unit_path < k.unit_path || '~'
  WHERE h.stands AND h.channel = 'mail'
), hook_letter AS (
  INSERT INTO alerts_letter (endpoint_id, day, urgent_notice_id, channel, unit_path, address, message_id, outcome, answer,
    attempts, next_attempt_at, created_at, returned_words, blames_address)
  SELECT endpoint_id, %(day)s::date, CASE WHEN critical THEN id END, 'webhook', unit_path, left(address, 254),
    '<' || gen_random_uuid() || '@' || %(host)s::text || '>', 'held', '', 0, %(now)s::timestamptz, %(now)s::timestamptz,
    '', false
  FROM hooked GROUP BY endpoint_id, unit_path, address, CASE WHEN critical THEN id END
  ON CONFLICT DO NOTHING
  RETURNING id, endpoint_id, urgent_notice_id
), hook_enclosed AS (
  INSERT INTO alerts_enclosure (letter_id, month, notice_id, seat)
  SELECT l.id, k.month, k.id, ''
  FROM hooked k JOIN hook_letter l ON l.endpoint_id = k.endpoint_id
    AND l.urgent_notice_id IS NOT DISTINCT FROM CASE WHEN k.critical THEN k.id END
)"""
"""An endpoint is told of what is told at its unit and below, whether or not a person there hears it."""
_LAST = """
SELECT k.id, l.outcome, l.answer, l.attempts, coalesce(l.settled_at, l.next_attempt_at)
FROM unnest(%s::bigint[]) AS k(id)
CROSS JOIN LATERAL (SELECT * FROM alerts_letter x WHERE x.endpoint_id = k.id ORDER BY x.id DESC LIMIT %s) l
ORDER BY k.id, l.id DESC
"""


@dataclass(frozen=True)
class LastAnswer:
    """What became of one message to an endpoint: its outcome, the other side's last words, and when; held: tried again then."""

    outcome: str
    answer: str
    attempts: int
    at: datetime


def last_answers(endpoints: Iterable[int], most: int) -> dict[int, list[LastAnswer]]:
    """Of each endpoint the latest messages, the newest first. Must run inside a transaction whose scope holds them."""
    found: dict[int, list[LastAnswer]] = {}
    for key, *rest in execute(_LAST, [list(endpoints), most]):
        found.setdefault(key, []).append(LastAnswer(*rest))
    return found
