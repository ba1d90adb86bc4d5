"""Meetings, attendance and dues of past months."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from backend.imports import tables, values
from backend.imports.faults import Fault

KINDS = frozenset({"regular", "thematic"})
PRESENCE = frozenset({"present", "excused", "unexcused", "away", "exempt"})
MEETINGS = ("cell_code", "month", "kind", "held_on", "minutes_long", "minutes_filed_on")
ATTENDANCE = ("cell_code", "month", "personal_id", "status")
DUES = ("cell_code", "month", "personal_id", "paid_on")
Key = tuple[str, date, str]


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting that was held."""

    line: int
    cell_code: str
    month: date
    kind: str
    held_on: date
    minutes_long: int | None
    filed_on: date | None


@dataclass(frozen=True, slots=True)
class AttendanceLine:
    """One person at one month's regular meeting."""

    cell_code: str
    month: date
    personal_id: str
    status: str


@dataclass(frozen=True, slots=True)
class DuesLine:
    """One person's dues of one month."""

    cell_code: str
    month: date
    personal_id: str
    paid_on: date


Wrong = tuple[str, str]
"""A fault's code, and the column it stands in."""
Line = TypeVar("Line", MeetingLine, AttendanceLine, DuesLine)


@dataclass
class Table(Generic[Line]):
    """The lines that can be taken, and the faults of those that cannot."""

    rows: int = 0
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return self.rows - len(self.lines)


class _Judge:
    """What lines of all three files are judged by."""

    def __init__(self, path: Path, columns: Sequence[str], cells: Collection[str], as_of: date) -> None:
        self.path, self.columns, self.cells, self.as_of = path, columns, cells, as_of
        self.seen: set[Key] = set()

    def fault(self, line: int, code: str, column: str, found: Sequence[str]) -> Fault:
        return Fault(line, code, column, found[self.columns.index(column)], self.path.name)

    def place(self, found: Sequence[str]) -> Wrong | date:
        """The month, or (code, column) of what is wrong with cell or month."""
        if found[0] not in self.cells:
            return "unknown_cell", "cell_code"
        month = values.month(found[1])
        return month if month is not None and month <= self.as_of else ("impossible_date", "month")

    def again(self, key: Key) -> bool:
        known = key in self.seen
        self.seen.add(key)
        return known

    def day(self, words: str) -> date | None:
        found = values.day(words)
        return found if found is not None and found <= self.as_of else None


def _read(judge: _Judge, one: Callable[[int, list[str]], Wrong | Line]) -> Table[Line]:
    table: Table[Line] = Table()
    for number, found in tables.rows(judge.path, judge.columns):
        table.rows += 1
        answer = one(number, found)
        if isinstance(answer, tuple):
            table.faults.append(judge.fault(number, answer[0], answer[1], found))
        else:
            table.lines.append(answer)
    return table


def read_meetings(path: Path, cells: Collection[str], as_of: date) -> Table[MeetingLine]:
    """Meetings held, each once for its cell, month and kind."""
    judge = _Judge(path, MEETINGS, cells, as_of)

    def one(number: int, found: list[str]) -> Wrong | MeetingLine:
        month = judge.place(found)
        if isinstance(month, tuple):
            return month
        if found[2] not in KINDS:
            return "unknown_status", "kind"
        held, filed = judge.day(found[3]), judge.day(found[5])
        if held is None or held.replace(day=1) != month:
            return "impossible_date", "held_on"
        if found[5] and (filed is None or filed < held):
            return "impossible_date", "minutes_filed_on"
        if judge.again((found[0], month, found[2])):
            return "duplicate_line", "month"
        minutes = int(found[4]) if found[4].isdecimal() else None
        return MeetingLine(number, found[0], month, found[2], held, minutes, filed)

    return _read(judge, one)


def read_attendance(
    path: Path, cells: Collection[str], as_of: date, people: Collection[str], held: Collection[tuple[str, date]]
) -> Table[AttendanceLine]:
    """Roll calls of regular meetings. `people` are ids that were taken, `held` the (cell, month) with a meeting."""
    judge = _Judge(path, ATTENDANCE, cells, as_of)

    def one(_number: int, found: list[str]) -> Wrong | AttendanceLine:
        month = judge.place(found)
        if isinstance(month, tuple):
            return month
        person = values.personal_id(found[2])
        if person not in people:
            return "unknown_person", "personal_id"
        if judge.again(("", month, person)):
            return "duplicate_line", "personal_id"
        if (found[0], month) not in held:
            return "no_meeting", "month"
        if found[3] not in PRESENCE:
            return "unknown_status", "status"
        return AttendanceLine(found[0], month, person, found[3])

    return _read(judge, one)


def read_dues(path: Path, cells: Collection[str], as_of: date, people: Collection[str]) -> Table[DuesLine]:
    """Dues paid, once for a person and month."""
    judge = _Judge(path, DUES, cells, as_of)

    def one(_number: int, found: list[str]) -> Wrong | DuesLine:
        month = judge.place(found)
        if isinstance(month, tuple):
            return month
        person = values.personal_id(found[2])
        if person not in people:
            return "unknown_person", "personal_id"
        if judge.again(("", month, person)):
            return "duplicate_line", "personal_id"
        paid = judge.day(found[3])
        return DuesLine(found[0], month, person, paid) if paid else ("impossible_date", "paid_on")

    return _read(judge, one)
