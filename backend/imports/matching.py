"""Who of the file is known already: by personal id, else by cell, name and day of birth. Nobody is guessed.

By personal id somebody is found at once. Whoever is not may still be one of the cell's people who stand there without an
id or under another one; that is decided when the whole file was read and everybody with a known id has been found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.core.db import execute
from backend.imports.columns import HEADERS
from backend.imports.comparing import COLUMNS, Known, additions, differences
from backend.imports.faults import Fault
from backend.imports.people import Person
from backend.imports.roster import Roster
from backend.imports.values import text
from backend.members.namesakes import alike
from backend.members.protected import blind_index
from backend.organizations.models import Unit

# ruff: noqa: S608  (the statements are made of names of columns)
_NEWEST = "SELECT coalesce(max(id), 0) FROM members_member"
_BY_ID = f"SELECT {COLUMNS} FROM members_member WHERE personal_id_index = ANY (%s) AND standing NOT IN ('', 'merged')"
_BY_CELL = f"""SELECT {COLUMNS} FROM members_member
    WHERE unit_id = ANY (%s) AND born_on = ANY (%s) AND standing NOT IN ('', 'merged') AND id <= %s ORDER BY id"""
Key = tuple[int, str, date]
"""Cell, folded name, day of birth."""


@dataclass
class Match:
    """What was found out of some people: those who are new, and what others' records do not say yet, by member."""

    new: list[Person] = field(default_factory=list)
    additions: dict[int, dict[str, Any]] = field(default_factory=dict)


class Matcher:
    """Compares the people of one file with the members there were before it. Runs inside the import's transaction.

    `members` are the ids of members by personal id, for the files of months; whoever the import enters is put in too.
    `own_id` is the record of whoever brings the file in: nobody writes in the own file, so nothing is added there.
    """

    def __init__(self, units: Mapping[str, Unit], roster: Roster, own_id: int | None = None) -> None:
        self.units, self.roster, self.own_id = units, roster, own_id
        self.newest: int = execute(_NEWEST)[0][0]
        self.members: dict[str, int] = {}
        self.unchanged = 0
        self.faults: list[Fault] = []
        self._found: set[int] = set()
        self._waiting: dict[Key, list[Person]] = defaultdict(list)
        self._alike: dict[Key, list[Known]] = {}

    def meet(self, people: Sequence[Person]) -> Match:
        """Part of the file's people: the new ones, and what is added to the others; some have to wait for `settle`."""
        match = Match()
        by_id = self._by_id(people)
        others = []
        for person in people:
            known = by_id.get(blind_index("personal_id", person.personal_id) or b"")
            if known is None:
                others.append(person)
            else:
                self._compare(person, known, match)
        alike = self._in_their_cells(others)
        for person in others:
            key = self._key(person)
            if key in alike:
                self._waiting[key].append(person)
                self._alike[key] = alike[key]
            else:
                match.new.append(person)
        return match

    def settle(self) -> Match:
        """Everybody who had to wait, now that all ids of the file were seen."""
        match = Match()
        for key, people in self._waiting.items():
            left = [known for known in self._alike[key] if known.id not in self._found]
            self._settle(people, left, match)
        self._waiting.clear()
        return match

    def _settle(self, people: list[Person], left: list[Known], match: Match) -> None:
        """People of one cell with one name and day of birth, and the members left to be them."""
        nameless = not any(person.personal_id for person in people) and not any(known.has_id for known in left)
        if not left:
            match.new += people
        elif nameless:  # as alike as they are, nothing is written: each is one of those who stand there
            for person, known in zip(people, left, strict=False):
                self._compare(person, known, match)
            match.new += people[len(left) :]
        elif len(people) > 1 or len(left) > 1:
            self.faults += [self._fault(person, "ambiguous_person", "full_name", person.full_name) for person in people]
        elif people[0].personal_id and left[0].has_id:  # another one, or it had been found by it
            self.faults.append(self._fault(people[0], "record_differs", "personal_id", people[0].personal_id))
        else:
            self._compare(people[0], left[0], match)

    def _compare(self, person: Person, known: Known, match: Match) -> None:
        self._found.add(known.id)
        if person.personal_id:
            self.members[person.personal_id] = known.id
        faults = [
            self._fault(person, *difference)
            for difference in differences(person, known, self.units[person.cell_code].pk)
        ]
        added = additions(person, known)
        if added and known.id == self.own_id:
            faults.append(self._fault(person, "own_record", "full_name", person.full_name))
        elif added:
            match.additions[known.id] = added
        self.faults += faults
        self.unchanged += not faults and not added

    def _fault(self, person: Person, code: str, column: str, says: Any, stands: Any = "") -> Fault:
        sheet, address = self.roster.sheet.name, self.roster.header.address(column, person.row)
        return Fault(person.row, code, HEADERS[column], text(says), self.roster.file, sheet, address, text(stands))

    def _key(self, person: Person) -> Key:
        return self.units[person.cell_code].pk, *alike(person.full_name, person.born_on)

    def _by_id(self, people: Iterable[Person]) -> dict[bytes, Known]:
        wanted = [blind_index("personal_id", person.personal_id) for person in people if person.personal_id]
        found = (Known(row) for row in execute(_BY_ID, [wanted]))
        return {bytes(known.record["personal_id_index"]): known for known in found}

    def _in_their_cells(self, people: Sequence[Person]) -> dict[Key, list[Known]]:
        if not people:
            return {}
        found: dict[Key, list[Known]] = defaultdict(list)
        cells = {self.units[person.cell_code].pk for person in people}
        for row in execute(_BY_CELL, [list(cells), list({person.born_on for person in people}), self.newest]):
            known = Known(row)
            record = known.record
            found[record["unit_id"], *alike(record["full_name"], record["born_on"])].append(known)
        return found
