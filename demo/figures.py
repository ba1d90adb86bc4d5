"""The figures of the run, read from the tables by plain SQL."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]

_DEADLINES = """
SELECT rule_id, count(*), count(*) FILTER (WHERE status = 'met'), count(*) FILTER (WHERE status = 'met_late'),
  count(*) FILTER (WHERE status = 'missed'), count(*) FILTER (WHERE status = 'cancelled'),
  count(*) FILTER (WHERE status = 'open'), count(*) FILTER (WHERE status = 'open' AND due_on < %s)
FROM deadlines_deadline GROUP BY 1 ORDER BY 1"""
_NOTICES = """
SELECT n.kind, n.levels_up, u.level, n.channel, n.outcome, n.reason, count(*)
FROM alerts_notice n JOIN organizations_unit u ON u.id = n.unit_id
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 2, 1 DESC, 4, 5, 6"""
_RUNGS = """
SELECT d.ladder, n.rung, n.levels_up, n.outcome, count(*)
FROM alerts_notice n JOIN deadlines_deadline d ON d.id = n.deadline_id
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4"""
_REACHED = """
SELECT CASE top WHEN 0 THEN 'nobody above' ELSE 'level +' || top END, count(*) FROM (
  SELECT u.id, coalesce(max(n.levels_up) FILTER (WHERE n.kind = 'escalate' AND n.outcome <> 'skipped'), 0) AS top
  FROM organizations_unit u LEFT JOIN deadlines_deadline d ON d.unit_id = u.id
  LEFT JOIN alerts_notice n ON n.deadline_id = d.id
  WHERE u.level = 'cell' GROUP BY 1) cells
GROUP BY 1, top ORDER BY top"""
_LETTERS = "SELECT outcome, count(*), coalesce(sum(attempts), 0) FROM alerts_letter GROUP BY 1 ORDER BY 1"
_EVENTS = "SELECT code, count(*) FROM audit_event GROUP BY 1 ORDER BY 1"

HEADS: dict[str, tuple[str, ...]] = {
    "deadlines": ("rule", "opened", "met", "met late", "missed", "cancelled", "open", "of them overdue"),
    "notices": ("kind", "levels up", "level", "channel", "outcome", "reason", "notices"),
    "rungs": ("ladder", "rung", "levels up", "outcome", "notices"),
    "letters": ("outcome", "letters", "attempts"),
    "escalation": ("reached", "cells"),
    "events": ("event", "times"),
    "refusals": ("reason", "times"),
    "steps": ("step", "times"),
}
"""The columns of each table, in the order in which tables are printed."""

TITLES = {
    "deadlines": "Deadlines by rule",
    "notices": "Notices by level and outcome",
    "rungs": "Notices by rung",
    "letters": "Letters",
    "escalation": "Cells by the highest level their escalation reached",
    "events": "Events in the log",
    "refusals": "Refused by the API, by reason",
    "steps": "Steps done through the API",
}


def query(statement: str, params: list[Any] | None = None) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or [])
        return list(cursor.fetchall())


def collect(day: date, done: Counter[str], refused: Counter[str]) -> dict[str, Rows]:
    """Every table of HEADS, as rows."""
    return {
        "deadlines": with_total(query(_DEADLINES, [day])),
        "notices": query(_NOTICES),
        "rungs": query(_RUNGS),
        "letters": query(_LETTERS),
        "escalation": query(_REACHED),
        "events": query(_EVENTS),
        "refusals": sorted(refused.items()),
        "steps": sorted(done.items()),
    }


def with_total(rows: Rows) -> Rows:
    """The rows, and under them the sums of all columns but the first."""
    return [*rows, ("together", *(sum(column) for column in list(zip(*rows, strict=True))[1:]))] if rows else rows
