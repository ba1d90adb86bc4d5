"""The ledger of some people over some months, read in set-sized statements and told month by month.

What it looks at lies in the units of all cells where these people stood: whoever calls it has judged that they may be
looked at, and reaches that far (`core.db.reaching`; the jobs see all).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from backend.core.db import execute
from backend.members.records import RECORDS
from workflows.badges import STARTS
from workflows.dues import MonthView, Relief, Said, Status, Written, by_party_age, is_over, relief_in, status
from workflows.standings import MEMBERS, Participation
from workflows.workdays import month_end, month_start

_PEOPLE = f"""
    SELECT id, unit_id, guest_unit_id, joined_on, coalesce({", ".join(STARTS)}) FROM members_member WHERE id = ANY (%s)"""  # noqa: S608
_SPELLS = """
    SELECT member_id, lower(valid), unit_id, standing, participation FROM members_spell
    WHERE member_id = ANY (%s) AND retracted_at IS NULL ORDER BY member_id, lower(valid)"""
_STAYS = """
    SELECT e.member_id, e.on_date, (e.facts #>> '{set,guest_unit_id}')::bigint FROM audit_event e
    WHERE e.member_id = ANY (%s) AND e.subject_kind = 'member' AND e.facts -> 'set' ? 'guest_unit_id' AND e.voids IS NULL
      AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)
    ORDER BY e.on_date, e.id"""
_RELIEFS = f"""
    {RECORDS} SELECT kept, facts FROM record JOIN cases_case c ON c.member_id = record.id
    WHERE lifecycle = 'dues_relief' AND facts ? 'first_month' AND state <> '' ORDER BY c.id"""  # noqa: S608
_ENTRIES = """
    SELECT member_id, month, status, unit_id, version, paid_on FROM participation_duesentry
    WHERE member_id = ANY (%s) AND month BETWEEN %s AND %s"""
_KEPT = """
    SELECT unit_id, array_agg(month) FROM (
      SELECT unit_id, month FROM dues_sheet WHERE unit_id = ANY (%(units)s) AND complete
      UNION
      SELECT unit_id, month FROM participation_duesentry
      WHERE unit_id = ANY (%(units)s) AND month BETWEEN %(first)s AND %(last)s AND batch IS NOT NULL) AS kept
    WHERE month BETWEEN %(first)s AND %(last)s GROUP BY unit_id"""
_TRACES = """
    SELECT id, least((SELECT min(a.month) FROM participation_attendance a WHERE a.member_id = m.id),
                     (SELECT min(d.month) FROM participation_duesentry d WHERE d.member_id = m.id))
    FROM members_member m WHERE id = ANY (%s)"""
_SAID = {one.value: one for one in Said}
"""Said(…) costs 20 µs each time, and there is an entry for every member and month."""
_MAY_BE_GUESTS = (Participation.ELSEWHERE, Participation.IN_TRANSIT)


@dataclass(frozen=True)
class _Spell:
    """How somebody stood from a day on."""

    since: date
    unit_id: int
    standing: str
    participation: str


@dataclass
class History:
    """What dues and meetings of somebody depend on; `stays` are (day, temporary cell or None), `begun` the first month
    of which anything is known here."""

    unit_id: int
    guest_id: int | None
    joined_on: date | None
    party_age_from: date | None
    spells: list[_Spell] = field(default_factory=list)
    stays: list[tuple[date, int | None]] = field(default_factory=list)
    reliefs: list[Relief] = field(default_factory=list)
    begun: date = date.min

    def spell(self, day: date) -> _Spell | None:
        """The spell of a day; the first one stands in for what was before it (a roster tells the present alone)."""
        earlier = [one for one in self.spells if one.since <= day]
        return earlier[-1] if earlier else next(iter(self.spells), None)

    def is_member(self, day: date) -> bool:
        """By the history of the day; `joined_on` speaks of the newest membership alone, on a list that may be older than it."""
        one = self.spell(day)
        if one is None or one.standing not in MEMBERS:
            return False
        return self.joined_on is None or self.joined_on <= day or self._left_between(one.since, self.joined_on)

    def _left_between(self, since: date, newest: date) -> bool:
        """Whether the membership of a day ended before the newest ceremony, as before a readmission."""
        return any(since < one.since <= newest and one.standing not in MEMBERS for one in self.spells)

    def relief(self, month: date) -> Relief | None:
        """What the party age gives, else what was granted for the month."""
        granted = (one for one in self.reliefs if one.covers(month))
        return by_party_age(self.party_age_from, month) or next(granted, None)

    def guest_at(self, day: date) -> int | None:
        """The temporary cell of a day. Where no event tells of one, today's stands for all days."""
        if not self.stays:
            return self.guest_id
        earlier = [unit for since, unit in self.stays if since <= day]
        return earlier[-1] if earlier else None

    def place(self, day: date) -> int | None:
        """The cell that collects on a day: the temporary one of a guest; None at a place outside."""
        one, guest = self.spell(day), self.guest_at(day)
        if guest is not None and (one is None or one.participation in _MAY_BE_GUESTS):
            return guest  # not before the first day of a stay that was granted ahead
        if one is not None and one.participation == Participation.ELSEWHERE:
            return None
        return one.unit_id if one is not None else self.unit_id

    def units(self) -> set[int]:
        """Every cell that may have collected."""
        guest = {self.guest_id, *(unit for _, unit in self.stays)}
        return {self.unit_id, *(one.unit_id for one in self.spells), *(unit for unit in guest if unit is not None)}

    def turns(self, month: date) -> set[date]:
        """The days of a month from which on something was otherwise, its first and its last day among them."""
        last, known = month_end(month), [one.since for one in self.spells] + [since for since, _ in self.stays]
        return {month, last, *(day for day in known if month < day <= last)}

    def places(self, month: date, today: date) -> frozenset[int]:
        """The cells that may record the month: where the person stood in it, and stands now."""
        found = {self.place(day) for day in (*self.turns(month), today)}
        return frozenset(self.unit_id if one is None else one for one in found)


@dataclass(frozen=True)
class Book:
    """What is known of some people in the months from `first` to `last`, as of `today`."""

    first: date
    last: date
    today: date
    people: dict[int, History]
    entries: dict[int, dict[date, Written]]
    kept: dict[int, frozenset[date]]

    def month(self, member: int, month: date) -> MonthView:
        """What is known of one month (its first day, within the book's). Raises KeyError for others than its people."""
        person, last = self.people[member], month_end(month)
        owed_at = person.place(last)
        return MonthView(
            month=month, is_member=person.is_member(last), owed_at=owed_at,
            was_member=any(person.is_member(day) for day in person.turns(month)),
            places=person.places(month, self.today),
            relief=person.relief(month),
            written=self.entries.get(member, {}).get(month),
            is_kept=month >= person.begun and month in self.kept.get(owed_at or 0, ()),
        )  # fmt: skip

    def unpaid(self, member: int) -> Iterator[date]:
        """The months that are over and unpaid, in order."""
        person, own = self.people[member], self.entries.get(member, {})
        asked = {month for unit in person.units() for month in self.kept.get(unit, ())}
        asked |= {month for month, one in own.items() if one.said == Said.UNPAID}
        paid = {month for month, one in own.items() if one.said == Said.PAID}
        for month in sorted(asked - paid):
            if is_over(month, self.today) and status(self.month(member, month), self.today) == Status.UNPAID:
                yield month


def read_book(members: Sequence[int], first: date, last: date, today: date) -> Book:
    """The book of these members, from the first month to the last (by their first days)."""
    ids, span = list(members), (first, last)
    people = _people(ids, first)
    entries: dict[int, dict[date, Written]] = {}
    for member, month, said, unit_id, version, paid_on in execute(_ENTRIES, [ids, *span]):
        entries.setdefault(member, {})[month] = Written(_SAID[said], unit_id, version, paid_on)
    units = sorted({unit for person in people.values() for unit in person.units()})
    kept = execute(_KEPT, {"units": units, "first": first, "last": last})
    return Book(first, last, today, people, entries, {unit: frozenset(months) for unit, months in kept})


def histories(ids: list[int]) -> dict[int, History]:
    """By id where and how these people stood on any day; nothing of their dues is read."""
    people = {key: History(*rest) for key, *rest in execute(_PEOPLE, [ids])}
    for member, *spell in execute(_SPELLS, [ids]):
        people[member].spells.append(_Spell(*spell))
    guests = [key for key, one in people.items() if _may_be_guest(one)]
    for member, since, unit in execute(_STAYS, [guests]) if guests else ():
        people[member].stays.append((since, unit))
    return people


def _people(ids: list[int], first: date) -> dict[int, History]:
    people = histories(ids)
    for member, facts in execute(_RELIEFS, [ids]):
        relief = relief_in(facts)
        people[member].reliefs += [relief] if relief is not None else []
    _begin(people, first)
    return people


def _may_be_guest(person: History) -> bool:
    return person.guest_id is not None or any(one.participation in _MAY_BE_GUESTS for one in person.spells)


def _begin(people: dict[int, History], first: date) -> None:
    """From which month on silence means something: of whom a roster told late, what was counted before it may say more."""
    for person in people.values():
        person.begun = month_start(person.spells[0].since) if person.spells else date.max
    late = [key for key, person in people.items() if person.begun > first]
    for key, month in execute(_TRACES, [late]) if late else ():
        people[key].begun = min(people[key].begun, month) if month else people[key].begun
