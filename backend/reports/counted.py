"""What counts for each figure, where and over which days: the one place that says so, as rows of SQL.

A row is a thing that counts: `unit_id`, `figure`, `span` (a daterange, its last day outside), and what it is (`kind`,
`subject`). How it stands on a day is known as of now: what was entered later about an earlier day counts from that day on.

* standings and ways of taking part: the spells of the history, by the official cell;
* an admission, from the day of the ceremony (of those a roster brought: the day it says) to the end of the year, at the
  cell that admitted; not a member received from elsewhere, and an annulled one no longer;
* a congress, from its day to the end of the year, unless its election was returned;
* a regular meeting of a month: due all month; held from its day, if in the month, to the month's end; overdue from the
  first day after the month until it is held or said not to have been;
* flags while they stand, screenings by the state they are in, deadlines while they are open and after their day.
"""

from __future__ import annotations

_SPELLS = """
SELECT s.unit_id, 'standing.' || s.standing AS figure, s.valid AS span, 'member' AS kind, s.member_id AS subject
FROM members_spell s
WHERE s.retracted_at IS NULL AND s.standing IN ('candidate', 'approved', 'probationary', 'official')
UNION ALL
SELECT s.unit_id, f.figure, s.valid, 'member', s.member_id
FROM members_spell s CROSS JOIN LATERAL (VALUES ('member'), ('participation.' || s.participation)) f (figure)
WHERE s.retracted_at IS NULL AND s.standing IN ('probationary', 'official')
"""
_CELLS = """
SELECT s.unit_id, 'cell', s.valid, 'unit', s.unit_id FROM organizations_unitspell s WHERE s.level = 'cell'
"""
# The first of the spells in which somebody is a member, where a roster or an admission begins it.
_ADMISSIONS = """
SELECT s.unit_id, 'admission.year', daterange(d.day, greatest(d.day, least(d.ends, d.annulled))), 'member', s.member_id
FROM members_spell s
JOIN members_member m ON m.id = s.member_id
LEFT JOIN LATERAL (
  SELECT p.standing FROM members_spell p
  WHERE p.member_id = s.member_id AND p.retracted_at IS NULL AND p.valid << s.valid
  ORDER BY p.valid DESC LIMIT 1) before ON true
JOIN audit_event e ON e.uid = s.event_uid
CROSS JOIN LATERAL (
  SELECT CASE WHEN before.standing IN ('approved', 'candidate') OR e.step = 'begin_probation' THEN lower(s.valid)
    WHEN e.step LIKE 'import%%' THEN m.joined_on END AS day
) began
CROSS JOIN LATERAL (
  SELECT began.day, make_date(date_part('year', began.day)::int + 1, 1, 1) AS ends,
    (SELECT min(lower(a.valid)) FROM members_spell a
     WHERE a.member_id = s.member_id AND a.retracted_at IS NULL AND a.standing = 'annulled' AND a.valid >> s.valid) AS annulled
) d
WHERE s.retracted_at IS NULL AND s.standing IN ('probationary', 'official')
  AND (before.standing IS NULL OR before.standing IN ('approved', 'candidate')) AND d.day IS NOT NULL
"""
_CONGRESSES = """
SELECT c.unit_id, 'congress.year', daterange(d.day, make_date(date_part('year', d.day)::int + 1, 1, 1)), 'case', c.id
FROM cases_case c CROSS JOIN LATERAL (SELECT (c.facts -> 'minutes' ->> 'date')::date AS day) d
WHERE c.lifecycle = 'congress' AND c.state IN ('held', 'approved') AND d.day IS NOT NULL
"""
_MEETINGS = """
SELECT x.unit_id, f.figure, f.span, 'case', x.subject
FROM (
  SELECT c.unit_id, to_date(substr(c.exclusive_key, 9), 'YYYY-MM') AS month, min(c.id) AS subject,
    min((c.facts ->> 'held_on')::date) FILTER (WHERE c.state IN ('held', 'filed', 'reported')) AS held_on,
    min(c.closed_on) FILTER (WHERE c.state = 'not_held') AS settled_on
  FROM cases_case c
  WHERE c.lifecycle = 'meeting' AND c.exclusive_key >= 'regular:' AND c.exclusive_key < 'regular;'
    AND c.state NOT IN ('', 'called_off')
  GROUP BY c.unit_id, c.exclusive_key) x
CROSS JOIN LATERAL (SELECT (x.month + interval '1 month')::date AS over) m
CROSS JOIN LATERAL (VALUES
  ('meeting.due', daterange(x.month, m.over)),
  ('meeting.held', CASE WHEN x.held_on IS NOT NULL THEN daterange(least(greatest(x.held_on, x.month), m.over), m.over) END),
  ('meeting.overdue', daterange(m.over, greatest(m.over, coalesce(x.held_on, x.settled_on, 'infinity'))))) f (figure, span)
WHERE f.span IS NOT NULL AND NOT isempty(f.span)
"""
_FLAGS = """
SELECT u.id, k.figure, daterange(f.raised_on, greatest(f.raised_on, coalesce(f.cleared_on, 'infinity'))), 'flag', f.id
FROM flags_flag f JOIN organizations_unit u ON u.path = f.unit_path
CROSS JOIN LATERAL (VALUES ('flag.all'), ('flag.' || f.cause)) k (figure)
"""
_SCREENINGS = """
SELECT x.unit_id, k.figure, daterange(x.entered, greatest(x.entered, coalesce(x.gone, x.closed_on, 'infinity'))), 'case', x.id
FROM (
  SELECT c.unit_id, c.id, c.closed_on, e.changes -> 'state' ->> 1 AS state, e.on_date AS entered,
    lead(e.on_date) OVER (PARTITION BY c.unit_id, c.id ORDER BY e.version) AS gone
  FROM cases_case c JOIN audit_event e ON e.subject_kind = 'case' AND e.subject_id = c.id
  WHERE c.lifecycle = 'screening' AND c.state <> '' AND e.changes -> 'state' ->> 0 <> e.changes -> 'state' ->> 1
    AND e.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)) x
CROSS JOIN LATERAL (VALUES ('screening.all'), ('screening.' || x.state)) k (figure)
WHERE x.state IN ('noted', 'drafted', 'guided', 'helped')
"""
_DEADLINES = """
SELECT u.id, f.figure, f.span, 'deadline', d.id
FROM deadlines_deadline d JOIN organizations_unit u ON u.path = d.unit_path
CROSS JOIN LATERAL (
  SELECT CASE WHEN d.status = 'open' THEN 'infinity' ELSE
    coalesce(d.met_on, (SELECT e.on_date FROM audit_event e WHERE e.uid = d.closed_by), d.opened_on) END AS closed) c
CROSS JOIN LATERAL (SELECT greatest(d.due_on + 1, d.opened_on) AS late) l
CROSS JOIN LATERAL (VALUES
  ('deadline.open', daterange(d.opened_on, greatest(d.opened_on, c.closed))),
  ('deadline.overdue', daterange(l.late, greatest(l.late, c.closed)))) f (figure, span)
"""
_PARTS = (_SPELLS, _CELLS, _ADMISSIONS, _CONGRESSES, _MEETINGS, _FLAGS, _SCREENINGS, _DEADLINES)
COUNTED = " UNION ALL ".join(_PARTS)
"""All of it, for a FROM; a condition on `unit_id` is carried into each part by the planner. Has a doubled percent sign."""
