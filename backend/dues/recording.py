"""Recording dues: a cell's answers for a month, each taken or refused on its own, all that was taken in one event.

Thousands of entries cost a few statements: one read of the book, one upsert, one event with totals in its line and who
paid behind its commitment (as the roll call of a meeting). Nothing is overwritten silently: what stood is kept in the
event that changes it, and a change needs the version that was looked at, and a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.accounts.policy import Actor, Grant, allowed, require
from backend.cases import selectors
from backend.cases.changes import Changes
from backend.cases.engine import RequestKey, once
from backend.cases.loading import lock_units
from backend.core import clock
from backend.core.db import WHOLE, execute, reaching, scope
from backend.core.errors import ChiboError, NotFound, NotPermitted, Refused, Stale
from backend.dues.book import Book, read_book
from backend.dues.models import Sheet
from backend.dues.writing import Change, Overtaken, Page, write
from backend.organizations.models import Unit
from workflows.dues import MonthView
from workflows.guards.dues import MONTH_AHEAD, Answer, refusals
from workflows.guards.places import NOT_A_CELL
from workflows.offices import Level, Right

MOST_AT_ONCE = 1000
TRIES = 3
"""So often a recording is judged that another cell overtakes, before it fails."""
_AMOUNTS = "SELECT member_id, amount FROM participation_duesentry WHERE member_id = ANY (%s) AND month = %s"


@dataclass(frozen=True)
class Wanted:
    """One answer that is to be recorded, and the version of the entry that was looked at (0: there was none)."""

    member: int
    answer: Answer
    version: int


@dataclass(frozen=True)
class Result:
    """What came of one answer: the entry's version as it stands now, or the error that refused it."""

    member: int
    version: int = 0
    changed: bool = False
    error: ChiboError | None = None


@dataclass(frozen=True)
class Recorded:
    """What came of a request: the sheet's version, whether the book is complete, the event (None where nothing changed),
    and each answer's result.
    """

    unit_id: int
    month: date
    version: int
    complete: bool
    event: UUID | None
    results: list[Result]


def may_record(actor: Actor, path: str) -> Grant | None:
    """Whether the office keeps the ledger of the cell at the path; it then sees the sums too."""
    return allowed(actor, Right.RECORD_DUES, path, (Level.CELL,))


def entitled(actor: Actor, unit_id: int) -> None:
    """Raises NotFound where the unit is not in sight, NotPermitted where the office does not keep its ledger."""
    unit = selectors.units(actor).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    require(actor, Right.RECORD_DUES, unit.path, (Level.CELL,))


def entitled_to(actor: Actor, member_id: int) -> None:
    """Raises NotFound where the member is not in sight, NotPermitted where the office keeps no ledger."""
    if not selectors.members(actor).filter(pk=member_id).exists():
        raise NotFound
    selectors.need(actor, Right.RECORD_DUES)


def recording_unit(actor: Actor, member_id: int, month: date) -> int:
    """The cell at which the actor records a member's month: where the entry stands, or the dues are owed, if the actor
    keeps that ledger; else another one that the actor keeps for this person. Raises NotFound, NotPermitted.
    """
    with transaction.atomic():
        scope(actor.path)
        member = selectors.members(actor).filter(pk=member_id).first()
        if member is None:
            raise NotFound
        with reaching([WHOLE]):
            view = read_book([member_id], month, month, clock.today()).month(member_id, month)
            stands = view.stands.unit_id if view.stands is not None else None
            asked = [stands, view.owed_at, *sorted(view.places), member.unit_id]
            paths = dict(Unit.objects.filter(pk__in=[one for one in asked if one]).values_list("pk", "path"))
    kept = [one for one in asked if one is not None and one in paths and may_record(actor, paths[one])]
    if not kept:
        raise NotPermitted
    return kept[0]


def record_month(
    actor: Actor, unit_id: int, month: date, wanted: Sequence[Wanted], *, tell: Callable[[Recorded], dict[str, Any]],
    reason: str = "", complete: bool | None = None, request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Record a cell's answers for a month (its first day); `tell` turns what came of them into the answer, as JSON.

    `complete` says that the cell's book of the month is: whoever stands in it with no word has not paid (None: as it
    was). A known key gives the earlier answer. Raises NotFound, NotPermitted, Refused where the unit is no cell or the
    month has not come, KeyReused. Each answer alone may be refused: NotFound for a stranger, Stale for another version,
    Refused. What says the same as what stands changes nothing, whatever version it names.
    """

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        request_id = key.key if key else ""
        done = _record(
            actor, unit_id, month, wanted, reason=reason.strip(), complete=complete, request_id=request_id
        )  # fmt: skip
        answer = tell(done)
        if key is not None and done.event is not None:
            Changes({"keys": [key.row(actor, answer)]}).write()
        return answer

    asked = ["dues", unit_id, month.isoformat()]
    for _ in range(TRIES - 1):
        with suppress(Overtaken):
            return once(actor, asked, request_key, work)
    return once(actor, asked, request_key, work)


def _record(
    actor: Actor, unit_id: int, month: date, wanted: Sequence[Wanted], *, reason: str, complete: bool | None,
    request_id: str,
) -> Recorded:  # fmt: skip
    unit = lock_units([unit_id]).get(unit_id)
    if unit is None or not actor.sees(unit.path):
        raise NotFound
    grant = require(actor, Right.RECORD_DUES, unit.path, (Level.CELL,))
    wrong = [] if unit.level == Level.CELL else [NOT_A_CELL]
    wrong += [MONTH_AHEAD] if complete and month > clock.today() else []
    if wrong:
        raise Refused(wrong)
    sheet = Sheet.objects.filter(unit_id=unit_id, month=month).first() or Sheet(version=0, complete=False)
    page = Page(unit.id, unit.path, month, sheet.complete, sheet.complete if complete is None else complete)
    ids = [one.member for one in wanted]
    seen = sorted(selectors.members(actor).filter(pk__in=ids).values_list("pk", flat=True))
    with reaching([WHOLE]):  # entries of another cell, the file of a guest's exemption: of the people seen, no others
        judged = _Judged(unit.id, reason, read_book(seen, month, month, clock.today()), _amounts(seen, month))
        results = [judged.result(one) for one in wanted]
        if not judged.taken and page.complete == page.was_complete:
            return Recorded(unit.id, month, sheet.version, page.complete, None, results)
        who = actor.who(unit.id if grant.on_behalf else None)
        event, version = write(page, judged.taken, who, reason=reason, request_id=request_id)
    return Recorded(unit.id, month, version, page.complete, event, results)


def _amounts(members: Sequence[int], month: date) -> dict[int, int | None]:
    return dict(execute(_AMOUNTS, [list(members), month]))


@dataclass
class _Judged:
    """The answers of a month as they are judged one by one; those taken are gathered."""

    unit_id: int
    reason: str
    book: Book
    amounts: dict[int, int | None]
    taken: dict[int, Change] = field(default_factory=dict)

    def result(self, wanted: Wanted) -> Result:
        if wanted.member not in self.book.people:
            return Result(wanted.member, error=NotFound())
        view, amount = self.book.month(wanted.member, self.book.first), self.amounts.get(wanted.member)
        version = view.written.version if view.written is not None else 0
        if _says_the_same(view, wanted.answer, self.unit_id, amount):
            return Result(wanted.member, version)
        if wanted.version != version:
            return Result(wanted.member, version, error=Stale(version))
        wrong = list(refusals(view, wanted.answer, self.unit_id, self.book.today, reason=self.reason))
        if wrong:
            return Result(wanted.member, version, error=Refused(wrong))
        self.taken[wanted.member] = Change(wanted.answer, view.written, amount)
        return Result(wanted.member, version + 1, changed=True)


def _says_the_same(view: MonthView, answer: Answer, unit_id: int, amount: int | None) -> bool:
    """Whether nothing would change; a sum that is left out says nothing of the one that stands."""
    one = view.stands
    if one is None or one.unit_id != unit_id:
        return False
    return (one.said, one.paid_on) == (answer.said, answer.paid_on) and answer.amount in (None, amount)
