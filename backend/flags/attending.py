"""Which unexcused absences count: those from meetings to which somebody was to come, by the history of the meeting's day.

A member comes to the own cell's meetings, but for those away by a paper. A leave or a stay that has run out without a return
covers nothing after its last day, one without a paper nothing at all; one that was granted afterwards covers the days it is
for. Whoever is suspended, exempt, abroad or in transit stays so until a paper ends it. A guest comes to the temporary cell's
(294-QĐ/TW 6.3.2: full duties there), and no leave covers that. Of whom a roster brought in, it is not known how they took part
before it: what the cell's roll calls and the office's table say of those days counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from backend.core.db import execute
from backend.dues.book import History, histories
from backend.members.leaves import BROUGHT_IN, PAPERS
from workflows.standings import Participation

_COMES = (Participation.ATTENDING, Participation.LAPSED, Participation.AWAY, Participation.ELSEWHERE)
"""Ways of taking part that excuse nobody from the own cell's meetings; of the last two the papers' days alone do."""
_ABSENT = f"""
    SELECT a.member_id, a.month, held.day, a.unit_id, a.batch IS NOT NULL, {BROUGHT_IN.format(member="a.member_id")},
      EXISTS (SELECT FROM ({PAPERS.format(member="a.member_id")}) AS paper WHERE held.day BETWEEN paper.first AND paper.last)
    FROM participation_attendance a
    LEFT JOIN cases_case c ON c.id = a.meeting_id
    CROSS JOIN LATERAL (SELECT coalesce((c.facts ->> 'held_on')::date, a.month)) AS held (day)
    WHERE a.member_id = ANY (%s) AND a.month BETWEEN %s AND %s AND a.kind = 'regular' AND a.status = 'unexcused'
      AND NOT EXISTS (
        SELECT FROM participation_attendance came
        WHERE came.month = a.month AND came.member_id = a.member_id AND came.kind = 'regular' AND came.status = 'present')"""  # noqa: S608


@dataclass(frozen=True)
class _Absence:
    """Called unexcused at a cell's meeting of a day; `told` by an office's table, `on_leave` by a paper."""

    day: date
    unit_id: int
    told: bool
    brought_in: bool
    on_leave: bool


def months_missed(members: Iterable[int], first: date, last: date) -> Mapping[int, list[date]]:
    """By member the months, from one to another, that count as missed, in order; who missed none is left out."""
    absences = execute(_ABSENT, [list(members), first, last])
    people = histories(sorted({member for member, *_ in absences})) if absences else {}
    found: dict[int, set[date]] = {}
    for member, month, *rest in absences:
        if _was_to_come(people[member], _Absence(*rest)):
            found.setdefault(member, set()).add(month)
    return {member: sorted(months) for member, months in found.items()}


def _was_to_come(person: History, absence: _Absence) -> bool:
    spell = person.spell(absence.day)
    if spell is None or not person.is_member(absence.day):
        return False
    if absence.day < spell.since:
        return absence.brought_in and not absence.on_leave and (absence.told or spell.unit_id == absence.unit_id)
    if spell.participation == Participation.ELSEWHERE and person.guest_at(absence.day) == absence.unit_id:
        return True
    return spell.unit_id == absence.unit_id and spell.participation in _COMES and not absence.on_leave
