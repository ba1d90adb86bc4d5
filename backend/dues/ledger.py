"""The ledger as people read it: a member's year, a cell's month. For offices that may see restricted matters.

Who keeps a cell's ledger sees each sum it entered; everybody else sees what they add up to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.core.db import WHOLE, execute, reaching
from backend.core.errors import NotFound
from backend.dues.book import read_book
from backend.dues.models import Sheet
from backend.dues.recording import may_record
from backend.organizations.models import Unit
from workflows.dues import MonthView, Status, is_late, status
from workflows.offices import Level, Right
from workflows.workdays import add_months

_SUMS = """
    SELECT member_id, month, amount, event_uid, unit_path FROM participation_duesentry
    WHERE member_id = ANY (%s) AND month BETWEEN %s AND %s AND status <> 'withdrawn'"""
_LISTED = """
    SELECT member_id FROM members_spell
    WHERE unit_id = %(unit)s AND retracted_at IS NULL AND valid && daterange(%(month)s, %(next)s)
    UNION SELECT id FROM members_member WHERE unit_id = %(unit)s OR guest_unit_id = %(unit)s
    UNION SELECT member_id FROM participation_duesentry WHERE unit_id = %(unit)s AND month = %(month)s"""


@dataclass(frozen=True)
class Line:
    """One member's month. `unit_id` is the cell that recorded it, else the one that asks for it.

    `amount` is None where none was kept or the reader does not keep this cell's ledger; `mine`: an entry stands, in a ledger
    that the reader keeps.
    """

    member_id: int
    view: MonthView
    status: Status
    amount: int | None = None
    event: UUID | None = None
    name: str | None = None
    mine: bool = False

    @property
    def unit_id(self) -> int | None:
        return self.view.stands.unit_id if self.view.stands is not None else self.view.owed_at

    @property
    def paid_on(self) -> date | None:
        return self.view.stands.paid_on if self.view.stands is not None else None

    @property
    def late(self) -> bool:
        return is_late(self.view.month, self.paid_on)

    @property
    def version(self) -> int:
        return self.view.written.version if self.view.written is not None else 0


@dataclass(frozen=True)
class CellMonth:
    """A cell's sheet: its lines in the order of a Vietnamese list, how many stand in each status, and what was paid."""

    unit_id: int
    month: date
    version: int
    complete: bool
    lines: list[Line]
    paid_sum: int

    def counts(self) -> dict[str, int]:
        """How many lines of each status."""
        return {one.value: sum(line.status == one for line in self.lines) for one in Status}


def member_year(actor: Actor, member_id: int, year: int, today: date) -> list[Line]:
    """The twelve months of a member's year. Raises NotPermitted, NotFound."""
    return _of_member(actor, member_id, [date(year, number, 1) for number in range(1, 13)], today)


def seen_month(actor: Actor, member_id: int, month: date, today: date) -> Line:
    """One month of a member (its first day). Raises NotPermitted, NotFound."""
    return _of_member(actor, member_id, [month], today)[0]


def _of_member(actor: Actor, member_id: int, months: list[date], today: date) -> list[Line]:
    selectors.need(actor, Right.READ_RESTRICTED)
    if not selectors.members(actor).filter(pk=member_id).exists():
        raise NotFound
    with reaching([WHOLE]):  # of this one person, wherever the dues were paid
        return _lines(actor, [member_id], months, today)


def cell_month(actor: Actor, unit_id: int, month: date, today: date) -> CellMonth:
    """A cell's month (its first day): who owes it dues, and whoever paid there. Raises NotPermitted, NotFound.

    Somebody who has moved on since stands without a name.
    """
    selectors.need(actor, Right.READ_RESTRICTED)
    unit = selectors.units(actor).filter(pk=unit_id, level=Level.CELL).first()
    if unit is None:
        raise NotFound
    with reaching([WHOLE]):
        found = _listed(actor, unit, month, today)
    known = selectors.members(actor).filter(pk__in=[one.member_id for one in found])
    names = {key: (name, order) for key, name, order in known.values_list("pk", "full_name", "sort_key")}
    found.sort(key=lambda one: (names.get(one.member_id, ("", "~"))[1], one.member_id))
    lines = [_named(one, names.get(one.member_id)) for one in found]
    sheet = Sheet.objects.filter(unit_id=unit_id, month=month).first() or Sheet(version=0, complete=False)
    return CellMonth(unit_id, month, sheet.version, sheet.complete, lines, _paid_sum(unit_id, month))


def _listed(actor: Actor, unit: Unit, month: date, today: date) -> list[Line]:
    asked = {"unit": unit.pk, "month": month, "next": add_months(month, 1)}
    ids = [key for (key,) in execute(_LISTED, asked)]
    return [one for one in _lines(actor, ids, [month], today) if one.unit_id == unit.pk and _counts(one)]


def _counts(line: Line) -> bool:
    """Whether the sheet shows it: somebody who owes dues there, or an entry that stands."""
    return line.view.stands is not None or line.status != Status.NOT_DUE


def _lines(actor: Actor, ids: list[int], months: list[date], today: date) -> list[Line]:
    span = (months[0], months[-1])
    book = read_book(ids, *span, today)
    kept = {(member, month): rest for member, month, *rest in execute(_SUMS, [ids, *span])}
    return [_line(actor, book.month(one, month), one, kept.get((one, month)), today) for one in ids for month in months]


def _line(actor: Actor, view: MonthView, member: int, kept: Any, today: date) -> Line:
    amount, event, path = kept or (None, None, "")
    mine = bool(path and may_record(actor, path))
    return Line(member, view, status(view, today), amount if mine else None, event, mine=mine)


def _named(line: Line, known: Iterable[str] | None) -> Line:
    name = next(iter(known)) if known is not None else None
    return replace(line, name=name)


def _paid_sum(unit_id: int, month: date) -> int:
    sql = """SELECT coalesce(sum(amount), 0)::bigint FROM participation_duesentry
             WHERE unit_id = %s AND month = %s AND status = 'paid'"""
    return int(execute(sql, [unit_id, month])[0][0])
