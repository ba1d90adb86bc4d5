"""The letters of webhooks, made with those of people from the same notices, in the same statement."""

from __future__ import annotations

HOOKS = """
hooked AS MATERIALIZED (
  SELECT h.month, h.id, h.critical, k.id AS endpoint_id, k.unit_path,
    split_part(split_part(k.url, '://', 2), '/', 1) AS address
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
