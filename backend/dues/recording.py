"""Recording dues: a cell's answers for a month, each taken or refused on its own, all that was taken in one event.

Thousands of entries cost a few statements: one read of the book, one upsert, one event with totals in its line and who
paid behind its commitment (as the roll call of a meeting). Nothing is overwritten silently: what stood is kept in the
event that changes it, and a change needs the version that was looked at, and a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.accounts.policy import Actor, Grant, allowed, require
from backend.audit.codes import EventCode
from backend.audit.record import Entry, record
from backend.cases import selectors
from backend.cases.changes import Changes
from backend.cases.engine import RequestKey, once
from backend.cases.loading import lock_units
from backend.cases.orders import UnitRow
from backend.core import clock
from backend.core.db import WHOLE, execute, reaching
from backend.core.encoding import dumps
from backend.core.errors import ChiboError, NotFound, Refused, Stale
from backend.core.partitions import ensure_month
from backend.dues.book import Book, read_book
from workflows.dues import MonthView, Said, Written
from workflows.guards.dues import Answer, refusals
from workflows.guards.places import NOT_A_CELL
from workflows.offices import Level, Right

MOST_AT_ONCE = 1000
TABLE = "participation_duesentry"
_WRITE = """
    INSERT INTO participation_duesentry AS d
      (month, member_id, status, paid_on, amount, unit_id, unit_path, version, event_uid)
    SELECT %s, member, status, paid_on, amount, %s, %s, 1, %s
    FROM jsonb_to_recordset(%s::jsonb) AS x(member bigint, status text, paid_on date, amount bigint)
    ON CONFLICT (month, member_id) DO UPDATE SET status = excluded.status, paid_on = excluded.paid_on,
      amount = excluded.amount, unit_id = excluded.unit_id, unit_path = excluded.unit_path, version = d.version + 1,
      event_uid = excluded.event_uid"""
_SHEET = """
    INSERT INTO dues_sheet AS s (unit_id, unit_path, month, version) VALUES (%s, %s, %s, 1)
    ON CONFLICT (unit_id, month) DO UPDATE SET version = s.version + 1 RETURNING id, version"""
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
    """What came of a request: the sheet's version, the event (None where nothing changed), and each answer's result."""

    unit_id: int
    month: date
    version: int
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


def record_month(
    actor: Actor, unit_id: int, month: date, wanted: Sequence[Wanted], *, reason: str = "",
    request_key: RequestKey | None = None, tell: Any,
) -> dict[str, Any]:  # fmt: skip
    """Record a cell's answers for a month (its first day); `tell` turns what came of them into the answer, as JSON.

    A known key gives the earlier answer. Raises NotFound, NotPermitted, Refused where the unit is no cell, KeyReused.
    Each answer alone may be refused: NotFound for a stranger, Stale for another version, Refused. What says the same
    as what stands changes nothing, whatever version it names.
    """

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        done = _record(actor, unit_id, month, wanted, reason, key.key if key else "")
        answer: dict[str, Any] = tell(done)
        if key is not None and done.event is not None:
            Changes({"keys": [key.row(actor, answer)]}).write()
        return answer

    return once(actor, ["dues", unit_id, month.isoformat()], request_key, work)


def _record(
    actor: Actor, unit_id: int, month: date, wanted: Sequence[Wanted], reason: str, request_id: str
) -> Recorded:
    unit = lock_units([unit_id]).get(unit_id)
    if unit is None or not actor.sees(unit.path):
        raise NotFound
    grant = require(actor, Right.RECORD_DUES, unit.path, (Level.CELL,))
    if unit.level != Level.CELL:
        raise Refused([NOT_A_CELL])
    ids = [one.member for one in wanted]
    seen = set(selectors.members(actor).filter(pk__in=ids).values_list("pk", flat=True))
    with reaching([WHOLE]):  # entries of another cell, the file of a guest's exemption: of the people seen, no others
        book = read_book(sorted(seen), month, month, clock.today())
        amounts = dict(execute(_AMOUNTS, [sorted(seen), month]))
        results = [_judged(book, one, unit, reason, amounts.get(one.member)) for one in wanted]
        taken = [one for one, result in zip(wanted, results, strict=True) if result.changed]
        if not taken:
            return Recorded(unit.id, month, _version(unit, month), None, results)
        was = {one.member: (book.month(one.member, month).written, amounts.get(one.member)) for one in taken}
        event, version = _write(actor, grant, unit, month, taken, was, reason.strip(), request_id)
    return Recorded(unit.id, month, version, event, results)


def _judged(book: Book, wanted: Wanted, unit: UnitRow, reason: str, amount: int | None) -> Result:
    if wanted.member not in book.people:
        return Result(wanted.member, error=NotFound())
    view = book.month(wanted.member, book.first)
    version = view.written.version if view.written is not None else 0
    if _says_the_same(view, wanted.answer, unit.id, amount):
        return Result(wanted.member, version)
    if wanted.version != version:
        return Result(wanted.member, version, error=Stale(version))
    wrong = list(refusals(view, wanted.answer, unit.id, book.today, reason=reason))
    if wrong:
        return Result(wanted.member, version, error=Refused(wrong))
    return Result(wanted.member, version + 1, changed=True)


def _says_the_same(view: MonthView, answer: Answer, unit_id: int, amount: int | None) -> bool:
    """Whether nothing would change; a sum that is left out says nothing of the one that stands."""
    one = view.stands
    if one is None or one.unit_id != unit_id:
        return False
    return (one.said, one.paid_on) == (answer.said, answer.paid_on) and answer.amount in (None, amount)


def _write(
    actor: Actor, grant: Grant, unit: UnitRow, month: date, taken: Sequence[Wanted],
    was: dict[int, tuple[Written | None, int | None]], reason: str, request_id: str,
) -> tuple[UUID, int]:  # fmt: skip
    """Sheet, event and entries; the event's uid and the sheet's version."""
    corrected = [key for key, (one, _) in was.items() if one is not None]
    ((sheet, version),) = execute(_SHEET, [unit.id, unit.path, month])
    counted = Counter(one.answer.said.value for one in taken)
    entry = Entry(
        code=EventCode.DUES_CORRECTED if corrected else EventCode.DUES_RECORDED, subject_kind="dues", subject_id=sheet,
        version=version, who=actor.who(unit.id if grant.on_behalf else None), on=clock.today(), unit_id=unit.id,
        unit_path=unit.path, facts={"month": month.isoformat(), **counted, "corrected": len(corrected)},
        detail={"entries": {str(one.member): _told(one.answer, was[one.member]) for one in taken}}
        | ({"reason": reason} if reason else {}),
        request_id=request_id,
    )  # fmt: skip
    record([entry])
    ensure_month(TABLE, month)
    rows = [{"member": one.member, **_row(one.answer, was[one.member][1])} for one in taken]
    execute(_WRITE, [month, unit.id, unit.path, entry.uid, dumps(rows)])
    return entry.uid, version


def _row(answer: Answer, amount: int | None) -> dict[str, Any]:
    """The columns of an answer; a sum that is left out stays as it was, until the entry is taken back."""
    kept = amount if answer.amount is None and answer.said != Said.WITHDRAWN else answer.amount
    return {"status": answer.said.value, "paid_on": answer.paid_on, "amount": kept}


def _told(answer: Answer, was: tuple[Written | None, int | None]) -> dict[str, Any]:
    """What the event keeps of one entry, and of what stood before."""
    now = _given(_row(answer, was[1]))
    if was[0] is None:
        return now
    return {**now, "was": _given({"status": was[0].said.value, "paid_on": was[0].paid_on, "amount": was[1]})}


def _given(row: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
    return {key: value for key, value in plain.items() if value is not None}


def _version(unit: UnitRow, month: date) -> int:
    found = execute("SELECT version FROM dues_sheet WHERE unit_id = %s AND month = %s", [unit.id, month])
    return found[0][0] if found else 0
