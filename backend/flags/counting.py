"""What counts for the members of some cells: months missed and unpaid, and the levels they were rated with.

A month counts as missed where a roll call says “unexcused” of somebody who was a member on the day of the meeting and was to
come to that cell's (`attending`), and no roll call of the month has the member present. Which months are unpaid is told by the
ledger (`dues.book`): those of the exempt are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.core.db import WHOLE, execute, reaching
from backend.dues.book import read_book
from backend.flags.attending import months_missed
from backend.members.records import RECORDS
from workflows.flagging import Finding, of_classification, of_lapse, windows
from workflows.standings import MEMBERS
from workflows.workdays import month_start

_PEOPLE = """
    SELECT id, unit_id FROM members_member
    WHERE unit_id = ANY (%s) AND standing = ANY (%s)"""
_LEVELS = f"""
    {RECORDS} SELECT kept, substr(exclusive_key, 6)::int, facts ->> 'decided_level' FROM record
    JOIN cases_case c ON c.member_id = record.id
    WHERE lifecycle = 'classification' AND facts ->> 'decided_level' IS NOT NULL"""  # noqa: S608  (constants only)


@dataclass(frozen=True)
class Person:
    """A member, and the cell whose list it is."""

    id: int
    unit_id: int


def findings(cells: Sequence[int], today: date) -> Iterator[tuple[Person, Finding]]:
    """Every cause that holds today for a member of these cells."""
    people = [Person(*row) for row in execute(_PEOPLE, [list(cells), [one.value for one in MEMBERS]])]
    ids, found = [one.id for one in people], windows(today)
    span = (found[0][0], min(found[-1][1], month_start(today)))
    book, levels = read_book(ids, *span, today), dict[int, dict[int, str]]()
    missed = months_missed(ids, *span)
    for member, year, level in execute(_LEVELS, [ids]):
        levels.setdefault(member, {})[year] = level
    for one in people:
        for finding in of_lapse(missed.get(one.id, ()), list(book.unpaid(one.id)), today):
            yield one, finding
        for finding in of_classification(levels.get(one.id, {}), today):
            yield one, finding


def meetings_missed(members: Collection[int], first: date, last: date, _today: date) -> Mapping[int, Collection[date]]:
    """The same months of some members, wherever they were spent: for the guards of what is claimed (`cases.counters`)."""
    with reaching([WHOLE]):
        return months_missed(members, first, last)


def dues_unpaid(members: Collection[int], first: date, last: date, today: date) -> Mapping[int, Collection[date]]:
    """As `meetings_missed`."""
    with reaching([WHOLE]):
        book = read_book(list(members), first, last, today)
        return {one: list(book.unpaid(one)) for one in members}
