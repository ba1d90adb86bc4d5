"""Meetings, attendance and dues of past months, judged line by line as they are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from backend.imports import tables, values
from backend.imports.faults import Fault
from workflows.guards.dues import months_ahead

KINDS = frozenset({"regular", "thematic"})
PRESENCE = frozenset({"present", "excused", "unexcused", "away", "exempt"})
MEETINGS = ("cell_code", "month", "kind", "held_on", "minutes_long", "minutes_filed_on")
ATTENDANCE = ("cell_code", "month", "personal_id", "status")
DUES = ("cell_code", "month", "personal_id", "paid_on")
LONGEST_MEETING = 1440


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

    line: int
    cell_code: str
    month: date
    personal_id: str
    status: str


@dataclass(frozen=True, slots=True)
class DuesLine:
    """One person's dues of one month."""

    line: int
    cell_code: str
    month: date
    personal_id: str
    paid_on: date


class Wrong(NamedTuple):
    """Why a line is not taken: a fault's code, and the column it stands in."""

    code: str
    column: str


Line = TypeVar("Line", MeetingLine, AttendanceLine, DuesLine)


class Table(Generic[Line]):
    """The lines of a file that can be taken, as they are read: to be gone through once.

    `rows`, `left_out` and `faults` grow on the way. Nothing else is kept, so a file of millions of lines costs no more
    memory than one of ten. A line that has no end and stops in what cannot be read: ImportRefused, the file was cut off.
    """

    def __init__(self, path: Path, columns: Sequence[str], judge: Callable[[int, list[str]], Wrong | Line]) -> None:
        self.path, self.columns = path, columns
        self.judge: Callable[[int, list[str]], Wrong | Line] = judge
        self.rows = self.left_out = 0
        self.faults: list[Fault] = []

    def __iter__(self) -> Iterator[Line]:
        for number, found, stops_in in tables.rows(self.path, self.columns):
            self.rows += 1
            answer = self.judge(number, found)
            if isinstance(answer, Wrong):
                if answer.column == stops_in:
                    raise tables.cut_off(self.path, number)
                self.leave_out(number, answer.code, answer.column, found[self.columns.index(answer.column)])
            else:
                yield answer

    def leave_out(self, line: int, code: str, column: str, value: Any, stands: Any = "") -> None:
        """Say that a line is not taken. `stands` is what the database says where the file says something else."""
        self.left_out += 1
        self.warn(line, code, column, value, stands)

    def warn(self, line: int, code: str, column: str, value: Any, stands: Any = "") -> None:
        """Say something of a line that is taken all the same."""
        self.faults.append(Fault(line, code, column, str(value), self.path.name, stands=str(stands)))

    def figures(self) -> dict[str, Any]:
        """What the report says of the file."""
        return {
            "rows": self.rows, "taken": self.rows - self.left_out, "left_out": self.left_out,
            "faults": [fault.as_json() for fault in self.faults],
        }  # fmt: skip


@dataclass(frozen=True)
class _Judge:
    """What lines of all three files are judged by."""

    cells: Collection[str]
    as_of: date

    def place(self, found: Sequence[str]) -> Wrong | date:
        """The month, or (code, column) of what is wrong with cell or month."""
        if found[0] not in self.cells:
            return Wrong("unknown_cell", "cell_code")
        month = values.month(found[1])
        return month if month is not None and month <= self.as_of else Wrong("impossible_date", "month")

    def day(self, words: str) -> date | None:
        found = values.day(words)
        return found if found is not None and found <= self.as_of else None


class _Months:
    """The months in which somebody has stood in a file: one number for each person, a bit for each month."""

    def __init__(self, judge: _Judge, people: Collection[str]) -> None:
        self.judge, self.people = judge, people
        self.seen: dict[str, int] = {}

    def person(self, found: Sequence[str]) -> Wrong | tuple[date, str]:
        """Month and personal id, or what is wrong with the line."""
        month = self.judge.place(found)
        if isinstance(month, Wrong):
            return month
        person = found[2] if found[2] in self.people else values.personal_id(found[2])
        if person not in self.people:
            return Wrong("unknown_person", "personal_id")
        before, bit = self.seen.get(person, 0), 1 << values.months_between(month, self.judge.as_of)
        if before & bit:
            return Wrong("duplicate_line", "personal_id")
        self.seen[person] = before | bit
        return month, person


def read_meetings(path: Path, cells: Collection[str], as_of: date) -> Table[MeetingLine]:
    """Meetings held, each once for its cell, month and kind."""
    judge, seen = _Judge(cells, as_of), set[tuple[str, date, str]]()

    def one(number: int, found: list[str]) -> Wrong | MeetingLine:
        month = judge.place(found)
        if isinstance(month, Wrong):
            return month
        if found[2] not in KINDS:
            return Wrong("unknown_status", "kind")
        held, filed = judge.day(found[3]), judge.day(found[5])
        if held is None or held.replace(day=1) != month:
            return Wrong("impossible_date", "held_on")
        if found[5] and (filed is None or filed < held):
            return Wrong("impossible_date", "minutes_filed_on")
        if (key := (found[0], month, found[2])) in seen:
            return Wrong("duplicate_line", "month")
        seen.add(key)
        minutes = values.number(found[4], LONGEST_MEETING)
        if found[4] and minutes is None:
            table.warn(number, "value_left_out", "minutes_long", found[4])
        return MeetingLine(number, found[0], month, found[2], held, minutes, filed)

    table = Table(path, MEETINGS, one)
    return table


def read_attendance(
    path: Path, cells: Collection[str], as_of: date, people: Collection[str], held: Collection[tuple[str, date]]
) -> Table[AttendanceLine]:
    """Roll calls of regular meetings. `people` are ids that were taken, `held` the (cell, month) with a meeting."""
    months = _Months(_Judge(cells, as_of), people)

    def one(number: int, found: list[str]) -> Wrong | AttendanceLine:
        about = months.person(found)
        if isinstance(about, Wrong):
            return about
        month, person = about
        if (found[0], month) not in held:
            return Wrong("no_meeting", "month")
        if found[3] not in PRESENCE:
            return Wrong("unknown_status", "status")
        return AttendanceLine(number, found[0], month, person, found[3])

    return Table(path, ATTENDANCE, one)


def read_dues(path: Path, cells: Collection[str], as_of: date, people: Collection[str]) -> Table[DuesLine]:
    """Dues paid, once for a person and month."""
    judge = _Judge(cells, as_of)
    months = _Months(judge, people)

    def one(number: int, found: list[str]) -> Wrong | DuesLine:
        about = months.person(found)
        if isinstance(about, Wrong):
            return about
        month, person = about
        paid = judge.day(found[3])
        if paid is None:
            return Wrong("impossible_date", "paid_on")
        if values.months_between(paid, month) > months_ahead(paid):
            return Wrong("paid_too_early", "paid_on")
        return DuesLine(number, found[0], month, person, paid)

    return Table(path, DUES, one)
