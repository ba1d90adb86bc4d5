"""The path of a case and how long it stood in each state, from the entries that stand; and the same summed up for many.

A state is entered on the legal day of the entry that led into it, and left on that of the next one that led elsewhere; an
entry that was voided, and the void, count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext

from backend.accounts.policy import Actor
from backend.audit.details import standing
from backend.cases import selectors
from backend.cases.models import Case
from backend.core.db import execute
from backend.core.models import under
from backend.organizations.laddering import ENDS_FIRST
from workflows.offices import Right

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Stay:
    """A case in one state: from the day of `event` to `left_on`, or up to today where it stands there still."""

    state: str
    event: UUID
    step: str
    office: str
    office_unit_id: int | None
    entered_on: date
    recorded_at: datetime
    left_on: date | None
    days: int


def path_of(actor: Actor, case: Case, today: date) -> list[Stay]:
    """The states of a case in the order in which it went through them. Raises NotPermitted without a right to the log."""
    moves = selectors.events(actor, case.pk).filter(subject_kind="case", subject_id=case.pk, changes__has_key="state")
    moves = moves.exclude(changes__state__0=F("changes__state__1"))
    rows = list(
        standing(moves).order_by("version").values_list(
            "uid", "step", "office", "office_unit_id", "changes", "on_date", "recorded_at"
        )
    )  # fmt: skip
    return list(_stays(rows, case, today))


def _stays(rows: Sequence[tuple[Any, ...]], case: Case, today: date) -> Iterator[Stay]:
    ends: list[date | None] = [*(row[5] for row in rows[1:]), case.closed_on][: len(rows)]
    for (uid, step, office, place, changes, entered, recorded), left in zip(rows, ends, strict=True):
        days = max(((left or today) - entered).days, 0)
        yield Stay(changes["state"][1], uid, step, office, place, entered, recorded, left, days)


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    first: date
    last: date


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """What is asked for; without a last day up to today, without a first one the year before the last."""
    end = last or today
    return Period(first or end - YEAR, end)


def wrong_period(period: Period, today: date) -> str:
    """Why times cannot be summed up over it, in the current language; empty where they can."""
    if period.last > today:
        return gettext("The last day is still to come; take one up to today.")
    return gettext(ENDS_FIRST.message) if period.last < period.first else ""


@dataclass(frozen=True)
class Spent:
    """What cases of a lifecycle spent in a state, in days.

    Of the stays that ended in the period: how many, half of them at most how long, and the longest. Of those that last
    on its last day: how many, and half of them at most how long by then. `in_period`: the days of all stays that fall into it.
    """

    state: str
    ended: int
    median: int | None
    longest: int | None
    still: int
    median_still: int | None
    in_period: int


# The last state of a case that is closed is where it ended, not where it waits.
_SPENT = """
WITH period (first, last) AS (VALUES (%s::date, %s::date)),
chosen AS ({cases}),
moves AS (
  SELECT e.changes -> 'state' ->> 1 AS state, e.on_date AS entered, c.closed_on,
    lead(e.on_date) OVER (PARTITION BY e.subject_id ORDER BY e.version) AS gone
  FROM chosen c JOIN audit_event e ON e.subject_kind = 'case' AND e.subject_id = c.id
  WHERE e.changes -> 'state' ->> 0 <> e.changes -> 'state' ->> 1 AND e.voids IS NULL
    AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)),
stays AS (
  SELECT state, entered, first, last, CASE WHEN gone <= last THEN greatest(gone, entered) END AS gone
  FROM moves, period
  WHERE (gone IS NOT NULL OR closed_on IS NULL) AND entered <= last AND (gone IS NULL OR gone >= first))
SELECT state, count(gone),
  percentile_disc(0.5) WITHIN GROUP (ORDER BY gone - entered) FILTER (WHERE gone IS NOT NULL),
  max(gone - entered), count(*) FILTER (WHERE gone IS NULL),
  percentile_disc(0.5) WITHIN GROUP (ORDER BY last - entered) FILTER (WHERE gone IS NULL),
  sum(coalesce(gone, last + 1) - greatest(entered, first))::bigint
FROM stays GROUP BY state ORDER BY state
"""


def spent(actor: Actor, lifecycle: str, path: str, period: Period) -> list[Spent]:
    """By state, of the cases in sight of the units at and below `path`. Must run inside a transaction.

    Raises NotPermitted where the office reads no log.
    """
    selectors.need(actor, Right.READ_EVENTS)
    # When a case was opened says nothing of its stays: the legal days of its entries may lie before.
    not_over = Q(closed_on=None) | Q(closed_on__gte=period.first)
    found = selectors.cases(actor).filter(not_over, under("unit_path", path), lifecycle=lifecycle)
    chosen = found.values("id", "closed_on")
    cases, params = chosen.query.sql_with_params()
    return [Spent(*row) for row in execute(_SPENT.format(cases=cases), [period.first, period.last, *params])]
