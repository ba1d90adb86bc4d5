"""The rows of a recording: the sheet's next version, one event, the entries as they stand now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.audit.codes import EventCode
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.core.db import execute
from backend.core.encoding import dumps
from backend.core.partitions import ensure_month
from workflows.dues import Said, Written
from workflows.guards.dues import Answer

TABLE = "participation_duesentry"
_ENTRIES = """
    WITH written AS (
      INSERT INTO participation_duesentry AS d
        (month, member_id, status, paid_on, amount, unit_id, unit_path, version, event_uid)
      SELECT %s, member, status, paid_on, amount, %s, %s, version, %s
      FROM jsonb_to_recordset(%s::jsonb) AS x(member bigint, status text, paid_on date, amount bigint, version int)
      ON CONFLICT (month, member_id) DO UPDATE SET status = excluded.status, paid_on = excluded.paid_on,
        amount = excluded.amount, unit_id = excluded.unit_id, unit_path = excluded.unit_path,
        version = excluded.version, event_uid = excluded.event_uid
        WHERE d.version = excluded.version - 1
      RETURNING 1)
    SELECT count(*) FROM written"""
_SHEET = """
    INSERT INTO dues_sheet AS s (unit_id, unit_path, month, version, complete) VALUES (%s, %s, %s, 1, %s)
    ON CONFLICT (unit_id, month) DO UPDATE SET version = s.version + 1, complete = excluded.complete
    RETURNING id, version"""


class Overtaken(Exception):
    """Another cell wrote one of these entries since it was read (a month of a transfer belongs to two): read again."""


@dataclass(frozen=True)
class Change:
    """An answer that was taken, and what stood before: the entry (None: there was none) and its sum."""

    answer: Answer
    was: Written | None
    amount: int | None

    @property
    def corrects(self) -> bool:
        return self.was is not None and self.was.said != Said.WITHDRAWN

    def row(self) -> dict[str, Any]:
        """The columns of the entry; a sum that is left out stays as it was, until the entry is taken back."""
        answer = self.answer
        keeps = answer.amount is None and answer.said != Said.WITHDRAWN
        return {
            "status": answer.said.value, "paid_on": answer.paid_on, "amount": self.amount if keeps else answer.amount
        }  # fmt: skip

    @property
    def version(self) -> int:
        """The version that the entry has after it."""
        return self.was.version + 1 if self.was is not None else 1

    def told(self) -> dict[str, Any]:
        """What the event keeps of it."""
        now = _given(self.row())
        if self.was is None:
            return now
        was = {"status": self.was.said.value, "paid_on": self.was.paid_on, "amount": self.amount}
        return {**now, "was": _given(was)}


@dataclass(frozen=True)
class Page:
    """What a recording is about: the cell, the month, and whether its book was complete before and is now."""

    unit_id: int
    path: str
    month: date
    was_complete: bool
    complete: bool


def write(page: Page, changes: Mapping[int, Change], who: Who, *, reason: str, request_id: str) -> tuple[UUID, int]:
    """Sheet, event and entries by member's id; the event's uid and the sheet's version. Raises Overtaken."""
    sheet, version = execute(_SHEET, [page.unit_id, page.path, page.month, page.complete])[0]
    entry = _event(page, changes, who, sheet, version, reason, request_id)
    record([entry])
    if changes:
        ensure_month(TABLE, page.month)
        rows = [{"member": member, "version": one.version, **one.row()} for member, one in changes.items()]
        written = execute(_ENTRIES, [page.month, page.unit_id, page.path, entry.uid, dumps(rows)])[0][0]
        if written < len(rows):
            raise Overtaken
    return entry.uid, version


def _event(
    page: Page, changes: Mapping[int, Change], who: Who, sheet: int, version: int, reason: str, request_id: str
) -> Entry:
    """Totals in its line; who paid, and what stood before, behind its commitment."""
    corrected = sum(one.corrects for one in changes.values())
    facts: dict[str, Any] = {"month": page.month.isoformat(), "corrected": corrected}
    facts |= Counter(one.answer.said.value for one in changes.values())
    if page.complete != page.was_complete:
        facts["complete"] = page.complete
    detail: dict[str, Any] = (
        {"entries": {str(member): one.told() for member, one in changes.items()}} if changes else {}
    )
    return Entry(
        code=EventCode.DUES_CORRECTED if corrected else EventCode.DUES_RECORDED, subject_kind="dues", subject_id=sheet,
        version=version, who=who, on=clock.today(), unit_id=page.unit_id, unit_path=page.path, facts=facts,
        detail=detail | ({"reason": reason} if reason else {}), request_id=request_id,
    )  # fmt: skip


def _given(row: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
    return {key: value for key, value in plain.items() if value is not None}
