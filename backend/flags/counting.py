"""What counts for the members of some cells: months missed and unpaid, and the levels they were rated with.

A month counts as missed where the cell's roll call says “unexcused” and no approved leave or stay covers the day of the
meeting. One that has run out without a return covers nothing after its last day, one without a paper nothing at all; one
that was granted afterwards covers the months it is for. Whoever is suspended stays so until a paper ends it. Which months
are unpaid is told by the ledger (`dues.book`): those of the exempt are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.core.db import WHOLE, execute, reaching
from backend.dues.book import read_book
from backend.members.leaves import PAPERS
from workflows.flagging import Finding, of_classification, of_lapse, windows
from workflows.standings import MEMBERS, Participation
from workflows.workdays import month_start

_BY_PAPER = (Participation.AWAY, Participation.ELSEWHERE)
_EXCUSED = [
    one.value for one in Participation if one not in (Participation.ATTENDING, Participation.LAPSED, *_BY_PAPER)
]
"""Ways of taking part that last until a paper ends them; of the others the papers' days alone are excused."""
_PEOPLE = """
    SELECT id, unit_id FROM members_member
    WHERE unit_id = ANY (%s) AND standing = ANY (%s)"""
_PAPERS = PAPERS.format(member="a.member_id")
_MISSED = f"""
    SELECT a.member_id, a.month FROM participation_attendance a
    LEFT JOIN cases_case c ON c.id = a.meeting_id
    CROSS JOIN LATERAL (SELECT coalesce((c.facts ->> 'held_on')::date, a.month)) AS held (day)
    WHERE a.member_id = ANY (%s) AND a.month BETWEEN %s AND %s AND a.kind = 'regular' AND a.status = 'unexcused'
      AND NOT EXISTS (
        SELECT FROM members_spell s
        WHERE s.member_id = a.member_id AND s.retracted_at IS NULL AND s.valid @> held.day AND s.participation = ANY (%s))
      AND NOT EXISTS (SELECT FROM ({_PAPERS}) AS paper WHERE held.day BETWEEN paper.first AND paper.last)"""  # noqa: S608
_LEVELS = """
    SELECT member_id, substr(exclusive_key, 6)::int, facts ->> 'decided_level' FROM cases_case
    WHERE lifecycle = 'classification' AND member_id = ANY (%s) AND facts ->> 'decided_level' IS NOT NULL"""


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
    missed = _by_member(execute(_MISSED, [ids, *span, _EXCUSED]))
    book, levels = read_book(ids, *span, today), dict[int, dict[int, str]]()
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
        return _by_member(execute(_MISSED, [list(members), first, last, _EXCUSED]))


def dues_unpaid(members: Collection[int], first: date, last: date, today: date) -> Mapping[int, Collection[date]]:
    """As `meetings_missed`."""
    with reaching([WHOLE]):
        book = read_book(list(members), first, last, today)
        return {one: list(book.unpaid(one)) for one in members}


def _by_member(rows: Iterable[tuple[int, date]]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    for member, month in rows:
        found.setdefault(member, []).append(month)
    return found
