"""A slip of paper for whoever is reached by no channel: what a unit must see to, on one page each (PDF).

It says what a letter says: what is to be done, the case's number, the day; no person's name, no grounds. `slip_pages`
draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.accounts.policy import Actor
from backend.alerts.channels import routes
from backend.cases import selectors
from backend.core.db import execute
from backend.core.outfiles import pdf_of
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from workflows.offices import SUBSTITUTES, TOLD, Level

ROWS = 14
"""Deadlines on a page, the earliest first; the rest are counted."""
CREATOR = "Chibo slip"
"""What the document says of its origin."""
is_slip = pdf_of(CREATOR)


@dataclass(frozen=True)
class Slip:
    """What one unit's offices must see to on a day: at most `ROWS` deadlines, and how many there are."""

    unit: Unit
    offices: str
    rows: Sequence[Deadline]
    count: int
    late: int


def slips(actor: Actor, units: Sequence[Unit], today: date) -> list[Slip]:
    """A slip for each unit that has open deadlines to see to. Raises NotPermitted for an office that reads none."""
    found = []
    for unit in units:
        mine = selectors.deadlines(actor).filter(status=Deadline.Status.OPEN, acting_unit_id=unit.pk)
        rows = list(mine.order_by("due_on", "id")[:ROWS])
        if rows:
            offices = ", ".join(str(one.label) for one in TOLD[Level(unit.level)])
            found.append(Slip(unit, offices, rows, mine.count(), mine.filter(due_on__lt=today).count()))
    return found


_UNREACHED = """
SELECT u.id FROM organizations_unit u
WHERE u.path >= %(path)s AND u.path < %(path)s || '~' AND u.closed_on IS NULL
  AND EXISTS (SELECT FROM deadlines_deadline d WHERE d.status = 'open' AND d.acting_unit_id = u.id)
  AND NOT EXISTS (
    SELECT FROM accounts_assignment a
    JOIN accounts_user p ON p.id = a.user_id AND p.is_active
    JOIN ({routes}) way ON way.user_id = p.id AND way.address <> '' AND NOT way.dead
    WHERE a.unit_id = u.id AND a.member_id IS NULL AND a.office = ANY (%(offices)s)
      AND a.from_date <= %(day)s AND coalesce(a.to_date, 'infinity') >= %(day)s)
ORDER BY u.code
"""
"""Units with something to see to where no office that is told, and none that stands in for one, is reached by any way."""


def unreached(path: str, today: date) -> list[Unit]:
    """Units at and below a path that only paper reaches. Must run inside a transaction of the jobs, who see all ways."""
    offices = {one.value for told in TOLD.values() for one in told} | {one.value for one in SUBSTITUTES.values()}
    rows = execute(_UNREACHED.format(routes=routes()), {"path": path, "day": today, "offices": sorted(offices)})
    known = Unit.objects.in_bulk([key for (key,) in rows])
    return [known[key] for (key,) in rows]


def printed(found: Sequence[Slip], today: date, language: str) -> bytes:
    """The slips as one PDF, a page each, in a language; the same slips on a day are the same bytes."""
    from backend.reports.slip_pages import drawn  # noqa: PLC0415  (a large library: for whoever prints)

    return bytes(drawn(found, today, language).output())
