"""Figures of units on days, read from the table of counts within the transaction's scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from backend.alerts.models import Pulse
from backend.core.db import execute
from backend.reports.figures import STANDINGS

Key = tuple[str, str, date]
"""A unit's path, a figure, a day."""

_VALUES = """
SELECT p.path, f.figure, d.day, c.value
FROM unnest(%(paths)s::text[]) p (path) CROSS JOIN unnest(%(figures)s::text[]) f (figure)
CROSS JOIN unnest(%(days)s::date[]) d (day)
CROSS JOIN LATERAL (
  SELECT c.value FROM reports_dailycount c
  WHERE c.unit_path = p.path COLLATE "C" AND c.figure = f.figure COLLATE "C" AND c.day <= d.day
  ORDER BY c.day DESC LIMIT 1) c
WHERE c.value <> 0
"""
_FIRST = """
SELECT min(c.day) FROM unnest(%(figures)s::text[]) f (figure) CROSS JOIN LATERAL (
  SELECT c.day FROM reports_dailycount c
  WHERE c.unit_path = %(path)s COLLATE "C" AND c.figure = f.figure COLLATE "C" ORDER BY c.day LIMIT 1) c
"""
FOLLOWED = ("seal", "follow")
"""The jobs that bring an entry from the day's work into the counts."""


class Values(dict[Key, int]):
    """Figures as they were asked for; what nobody counted is 0."""

    def __missing__(self, key: Key) -> int:
        return 0


def values(paths: Sequence[str], figures: Sequence[str], days: Sequence[date]) -> Values:
    """Each figure of each unit on each day: so many look-ups of one row in one statement."""
    asked = {"paths": [*paths], "figures": [*figures], "days": [*days]}
    return Values({(path, figure, day): value for path, figure, day, value in execute(_VALUES, asked)})


def first_day(path: str) -> date | None:
    """The day on which the history of the people of a unit begins; None where nobody is known there."""
    found: date | None = execute(_FIRST, {"path": path, "figures": [*STANDINGS]})[0][0]
    return found


def as_of() -> datetime | None:
    """The moment up to which what was entered is counted for certain; None before the jobs first ran."""
    ended = dict(Pulse.objects.filter(job__in=FOLLOWED).values_list("job", "ended_at"))
    moments = [ended.get(job) for job in FOLLOWED]
    known = [moment for moment in moments if moment is not None]
    return min(known) if len(known) == len(FOLLOWED) else None
