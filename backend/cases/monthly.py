"""What Chibo opens by itself: each cell's regular meeting of each month. It opens; it never holds, closes or judges.

A month is opened when the first reminder of it can be due: so many working days before its first day as the ladder's first
rung lies before a reminder day. After an outage the months in between are made good, as many as MTG.MAKE_GOOD says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import structlog
from django.db import transaction

from backend.accounts.policy import Actor
from backend.cases.changes import Changes
from backend.cases.durable import durable
from backend.cases.engine import NewCase, Order, carry_out
from backend.cases.loading import lock_units
from backend.core.db import WHOLE, execute, scope
from backend.core.nudge import nudge
from backend.deadlines.calendar import calendar
from workflows.ladders import ladder_for
from workflows.lifecycles.meeting import oldest_made_good, opening_step
from workflows.workdays import add_months, month_start, months_between

log = structlog.get_logger(__name__)
CELLS = 100
"""Cells that are locked at once."""

# A cell's time with Chibo begins in the month of its first event: its opening, or the day of the roster it came with.
_BEHIND = """
SELECT u.id, since.month, array_agg(c.exclusive_key)
FROM organizations_unit u
LEFT JOIN audit_event first ON first.subject_kind = 'unit' AND first.subject_id = u.id AND first.version = 1
CROSS JOIN LATERAL (SELECT greatest(
  date_trunc('month', coalesce(first.on_date, %(today)s::date)::timestamp)::date, %(oldest)s::date) AS month) since
LEFT JOIN cases_case c ON c.unit_id = u.id AND c.lifecycle = 'meeting' AND c.state <> ''
  AND c.exclusive_key >= 'regular:' || to_char(since.month, 'YYYY-MM')
  AND c.exclusive_key <= 'regular:' || to_char(%(newest)s::date, 'YYYY-MM')
WHERE u.level = 'cell' AND u.closed_on IS NULL{chosen}
GROUP BY u.id, since.month
HAVING count(DISTINCT c.exclusive_key) <= date_part('month', age(%(newest)s::date, since.month))
  + 12 * date_part('year', age(%(newest)s::date, since.month))
ORDER BY u.id
"""
_ALL, _CHOSEN = _BEHIND.format(chosen=""), _BEHIND.format(chosen=" AND u.id = ANY (%(cells)s)")


def open_monthly_meetings(today: date) -> int:
    """Plan the regular meetings of every open cell that nobody has planned; returns how many were opened.

    A second run opens nothing twice. Of two at once the later one waits for the cells that the first has in hand, and
    then finds nothing left to do there.
    """
    with transaction.atomic():
        scope(WHOLE)
        reach = _reach(today)
        cells = list(_missing(reach))
    return sum(_open(cells[start : start + CELLS], reach) for start in range(0, len(cells), CELLS))


def _open(cells: Sequence[int], reach: dict[str, date]) -> int:
    """Lock the cells, look again, and open what is still missing, in one transaction."""
    with durable():
        scope(WHOLE)
        lock_units(cells)
        missing = _missing(reach, cells)
        orders = [_order(cell, month, reach["today"]) for cell, months in missing.items() for month in months]
        changes = Changes()
        results = carry_out(Actor.system(), orders, changes=changes)
        changes.write()
    nudge("jobs.seal")
    for result in results:
        if result.error is not None:
            log.warning("meeting_not_planned", order=result.order, error=str(result.error))
    return sum(result.outcome is not None for result in results)


def _order(cell: int, month: date, on: date) -> Order:
    facts = {"kind": "regular", "month": month.isoformat()}
    return Order(NewCase("meeting", unit_id=cell), opening_step(month, on), on, facts)


def _missing(reach: dict[str, date], cells: Sequence[int] | None = None) -> dict[int, list[date]]:
    """The months without a regular meeting of each cell that lacks one, of some cells or of all."""
    rows = execute(_ALL, reach) if cells is None else execute(_CHOSEN, {**reach, "cells": cells})
    found = {}
    for cell, month, keys in rows:
        months = [add_months(month, step) for step in range(months_between(month, reach["newest"]) + 1)]
        found[cell] = [one for one in months if f"regular:{one:%Y-%m}" not in keys]
    return found


def _reach(today: date) -> dict[str, date]:
    """The months looked through: from the oldest that is made good to the one that runs, or the next one as soon as a
    reminder day on its first would have its first rung."""
    month = month_start(today)
    following = add_months(month, 1)
    first_rung = ladder_for("MTG.REGULAR").schedule(following, None, calendar(), "firm")[0].day
    newest = following if first_rung <= today else month
    return {"oldest": oldest_made_good(today), "newest": newest, "today": today}
