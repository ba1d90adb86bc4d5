"""Parts of the write statement by which a member's history turns on a day, and the days on which it cannot."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Refusal

TURN = """
  turned AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS x(member_id bigint, since date, later date, meanwhile text, today date,
      unit_id bigint, unit_path text, standing text, participation text, event_uid uuid, recorded_at timestamptz) LIMIT {rows}),
  cut AS (
    UPDATE members_spell s SET retracted_at = t.recorded_at, retracted_by = t.event_uid
    FROM turned t
    WHERE s.member_id = t.member_id AND s.retracted_at IS NULL AND s.valid && daterange(t.since, NULL)
    RETURNING s.*, t.since, t.later, t.meanwhile, t.unit_id AS to_unit, t.unit_path AS to_path,
      t.standing AS to_standing, t.participation AS to_participation),
  rest AS (
    INSERT INTO members_spell (member_id, unit_id, unit_path, standing, participation, valid, recorded_at, event_uid)
    SELECT member_id, unit_id, unit_path, standing, participation, daterange(lower(valid), since), retracted_at, retracted_by
      FROM cut WHERE lower(valid) < since
    UNION ALL
    SELECT member_id, coalesce(to_unit, unit_id), coalesce(to_path, unit_path), coalesce(to_standing, standing),
      coalesce(part.way, participation), part.days, retracted_at, retracted_by
      FROM cut CROSS JOIN LATERAL (VALUES
        (valid * daterange(since, later), meanwhile), (valid * daterange(later, NULL), to_participation)) AS part (days, way)
      WHERE NOT isempty(part.days)
    RETURNING 1)"""
"""The way of taking part is the new one from `later` on; up to then it is `meanwhile`, or what it was."""

BEGIN = """
  begun AS (
    INSERT INTO members_spell (member_id, unit_id, unit_path, standing, participation, valid, recorded_at, event_uid)
    SELECT member_id, unit_id, unit_path, standing, participation, daterange(since, NULL), recorded_at, event_uid
    FROM jsonb_to_recordset(%s::jsonb) AS x(member_id bigint, since date, unit_id bigint, unit_path text,
      standing text, participation text, event_uid uuid, recorded_at timestamptz)
    RETURNING 1)"""

# What turns on a day must not have changed after it: the later entry would be written over, and nobody would have voided it.
# What was granted ahead and has not begun today may be.
STUCK = """
  SELECT t.since, later.day
  FROM turned t
  LEFT JOIN members_spell s ON s.member_id = t.member_id AND s.retracted_at IS NULL AND s.valid @> t.since
  CROSS JOIN LATERAL (
    SELECT min(lower(l.valid)) FROM members_spell l
    WHERE l.member_id = t.member_id AND l.retracted_at IS NULL AND lower(l.valid) > t.since
        AND lower(l.valid) <= t.today
      AND (t.standing IS NOT NULL AND l.standing <> s.standing
        OR t.participation IS NOT NULL AND l.participation <> s.participation
        OR t.unit_id IS NOT NULL AND l.unit_id <> s.unit_id)) AS later (day)
  WHERE s.member_id IS NULL OR later.day IS NOT NULL"""


def stuck_at(since: date, later: date | None) -> Refusal:
    """Why a member's history cannot turn on a day: it begins after it, or the same changed on a later day already."""
    if later is None:
        return Refusal(
            "engine.before_history", gettext_noop("The day lies before the recorded history of this member."),
            remedy=gettext_noop("Give the day on which it took effect, not earlier than the day the member was entered."),
        )  # fmt: skip
    return Refusal(
        "engine.changed_later",
        gettext_noop("This cannot count from %(since)s on: the same of this member changed on %(later)s already."),
        {"since": since, "later": later},
        remedy=gettext_noop("Check both days; if the later entry is wrong, have it voided first."),
    )  # fmt: skip
