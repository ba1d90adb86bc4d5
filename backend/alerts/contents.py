"""What a letter tells of, read with one statement whose answer has an upper bound: single deadlines where they are few,
or where the reader must act; of the many below an officer, how many in which unit.

Officers above are told of thousands of deadlines in one night. Of each part of a letter (overdue, due by Sunday, later) at
most `LISTED` that wait for the reader's own office are listed, and as many of the units below; where there are more of
those, `UNITS` units right below the reader are counted, the longest counts first, and the rest in one sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from backend.core import clock
from backend.core.db import execute

LISTED = 30
"""Deadlines listed in one part of a letter: those that the reader must act on, and again those of units below."""
UNITS = 40
"""Units counted in one part of a letter."""
NEWS = 10
"""Entries listed under the news."""
NEWS_DAYS = 14
"""How far back the news reach where the last letter is longer ago."""
PARTS = ("overdue", "week", "later")
TOLD_OF = ("deadline.moved", "deadline.acknowledged", "deadline.snoozed", "deadline.commented")
"""Events about deadlines that are news to the office that must act, where somebody else made them."""

CONTENTS = """
SELECT asked.id, told_of.* FROM unnest(%(letters)s::bigint[]) AS asked(id) CROSS JOIN LATERAL (
WITH told AS MATERIALIZED (
  SELECT DISTINCT ON (d.id) d.id, d.due_on, d.reference, d.rule_id, d.firmness, d.unit_id, d.unit_path, s.id AS seat_id,
    s.path AS seat_path, s.id <> n.unit_id AS vacant, n.levels_up > 0 OR s.id <> n.unit_id AS below,
    CASE WHEN d.due_on < %(today)s THEN 'overdue' WHEN d.due_on <= %(sunday)s THEN 'week' ELSE 'later' END AS part
  FROM alerts_enclosure e
  JOIN alerts_notice n ON n.id = e.notice_id AND n.month = e.month
  JOIN deadlines_deadline d ON d.id = n.deadline_id
  JOIN organizations_unit s ON s.id = coalesce(e.seat_unit_id, n.unit_id)
  WHERE e.letter_id = asked.id AND e.left_out_from IS NULL
  ORDER BY d.id, s.id <> d.unit_id, vacant DESC, below, s.id
), ranked AS MATERIALIZED (
  SELECT told.*, u.code, u.name, count(*) OVER same AS many,
    row_number() OVER (same ORDER BY told.due_on, u.code, told.id) AS place
  FROM told JOIN organizations_unit u ON u.id = told.unit_id
  WINDOW same AS (PARTITION BY part, below)
), line AS (
  SELECT part, below, many, place, id, due_on, reference, rule_id, firmness, vacant,
    CASE WHEN unit_id <> seat_id THEN name || ' (' || code || ')' ELSE '' END AS unit
  FROM ranked WHERE place <= %(listed)s AND (NOT below OR many <= %(listed)s)
), near AS (
  SELECT part, count(*) AS many, CASE WHEN starts_with(unit_path, seat_path) AND unit_path <> seat_path
    THEN split_part(substr(unit_path, length(seat_path) + 1), '/', 1)::bigint ELSE unit_id END AS key
  FROM ranked WHERE below AND many > %(listed)s GROUP BY 1, 3
), counted AS (
  SELECT near.part, near.many, u.code, u.name,
    row_number() OVER (PARTITION BY near.part ORDER BY near.many DESC, u.code) AS place,
    sum(near.many) OVER (PARTITION BY near.part) AS in_all, count(*) OVER (PARTITION BY near.part) AS units
  FROM near JOIN organizations_unit u ON u.id = near.key
), seat AS (
  SELECT DISTINCT coalesce(nullif(e.seat, ''), n.office) AS office, s.name, s.code
  FROM alerts_enclosure e JOIN alerts_notice n ON n.id = e.notice_id AND n.month = e.month
  JOIN organizations_unit s ON s.id = coalesce(e.seat_unit_id, n.unit_id)
  WHERE e.letter_id = asked.id AND e.left_out_from IS NULL
), since AS (
  SELECT greatest(%(far)s, (
    SELECT max(b.created_at) FROM alerts_letter b
    WHERE b.user_id = l.user_id AND b.id < l.id AND b.urgent_notice_id IS NULL AND b.channel = l.channel)) AS moment,
    l.user_id
  FROM alerts_letter l WHERE l.id = asked.id AND l.urgent_notice_id IS NULL
), news AS (
  SELECT v.id AS event, v.code, d.id, d.reference, d.rule_id, d.due_on, count(*) OVER () AS many
  FROM since
  JOIN deadlines_deadline d ON d.status = 'open' AND d.acting_path IN (SELECT DISTINCT seat_path FROM told)
  JOIN audit_event v ON v.subject_kind = 'deadline' AND v.subject_id = d.id AND v.code = ANY (%(codes)s)
  WHERE v.recorded_at > since.moment AND v.user_id IS DISTINCT FROM since.user_id
  ORDER BY v.id DESC LIMIT %(news)s
)
SELECT
  (SELECT jsonb_agg(to_jsonb(line) ORDER BY part, below, place) FROM line),
  (SELECT jsonb_agg(to_jsonb(counted) ORDER BY part, place) FROM counted WHERE place <= %(units)s),
  (SELECT jsonb_agg(to_jsonb(seat) ORDER BY code, office) FROM seat),
  (SELECT jsonb_agg(to_jsonb(news) ORDER BY event DESC) FROM news),
  (SELECT jsonb_object_agg(part, many) FROM (SELECT part, count(*) AS many FROM told GROUP BY 1) sums)
) told_of
"""


@dataclass(frozen=True)
class Contents:
    """Rows as `CONTENTS` names them: `lines` and `units` by part (`PARTS`), the reader's seats, news, and how many
    deadlines each part tells of, listed or counted."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    units: list[dict[str, Any]] = field(default_factory=list)
    seats: list[dict[str, Any]] = field(default_factory=list)
    news: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def contents_of(letter_ids: Sequence[int], today: date) -> dict[int, Contents]:
    """What each of the letters tells of as things stand. Must run inside a transaction; some of many letters of a morning."""
    far: datetime = clock.now() - timedelta(days=NEWS_DAYS)
    values = {
        "letters": list(letter_ids), "today": today, "sunday": sunday_of(today), "listed": LISTED, "units": UNITS,
        "news": NEWS, "codes": list(TOLD_OF), "far": far,
    }  # fmt: skip
    found = execute(CONTENTS, values, prepared=True)
    return {
        key: Contents(lines or [], units or [], seats or [], news or [], counts or {})
        for key, lines, units, seats, news, counts in found
    }


def sunday_of(today: date) -> date:
    """The last day of this week."""
    return today + timedelta(days=6 - today.weekday())
