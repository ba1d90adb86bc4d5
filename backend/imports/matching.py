"""Who of the file is known already: by personal id, else by cell, folded name and day of birth. States never change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from backend.core.db import execute
from backend.imports.columns import HEADERS
from backend.imports.faults import Fault
from backend.imports.people import Person
from backend.members.names import fold
from backend.members.protected import blind_index
from backend.organizations.models import Unit

_BY_ID = """
    SELECT id, unit_id, standing, participation, personal_id_index FROM members_member
    WHERE personal_id_index = ANY (%s) AND standing <> ''"""
_BY_UNIT = """
    SELECT id, unit_id, standing, participation, full_name, born_on FROM members_member
    WHERE unit_id = ANY (%s) AND personal_id_index IS NULL AND standing <> '' ORDER BY id"""


@dataclass(frozen=True, slots=True)
class Known:
    """A member of the database as far as the file is compared with it."""

    id: int
    unit_id: int
    standing: str
    participation: str


@dataclass
class Match:
    """People to add; members by personal id (added ones are put in later); what differs from the database."""

    new: list[Person] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    differs: list[Fault] = field(default_factory=list)


def match(people: Sequence[Person], units: Mapping[str, Unit], file: str, sheet: str) -> Match:
    """Compare the file's people with the members there are. Runs inside the import's transaction."""
    by_id = _known_by_id(people)
    unnamed = _known_without_id(units)
    found = Match()
    for person in people:
        known = by_id.get(blind_index("personal_id", person.personal_id) or b"")
        if known is None:
            waiting = unnamed.get((units[person.cell_code].pk, fold(person.full_name), person.born_on))
            known = waiting.pop(0) if waiting else None
        if known is None:
            found.new.append(person)
            continue
        if person.personal_id:
            found.members[person.personal_id] = known.id
        faults = list(_differences(person, known, units, file, sheet))
        found.differs += faults
        found.unchanged += not faults
    return found


def _known_by_id(people: Sequence[Person]) -> dict[bytes, Known]:
    wanted = [blind_index("personal_id", person.personal_id) for person in people if person.personal_id]
    return {bytes(row[4]): Known(*row[:4]) for row in execute(_BY_ID, [wanted])}


def _known_without_id(units: Mapping[str, Unit]) -> dict[tuple[int, str, date], list[Known]]:
    found: dict[tuple[int, str, date], list[Known]] = defaultdict(list)
    for row in execute(_BY_UNIT, [[unit.pk for unit in units.values()]]):
        found[row[1], fold(row[4]), row[5]].append(Known(*row[:4]))
    return found


def _differences(person: Person, known: Known, units: Mapping[str, Unit], file: str, sheet: str) -> list[Fault]:
    """`state_differs` where the file says another cell, standing or participation than the database."""
    said = (
        ("organisation", person.cell_code, units[person.cell_code].pk, known.unit_id),
        ("status", person.standing, person.standing, known.standing),
        ("status", person.participation, person.participation, known.participation),
    )
    for column, value, here, there in said:
        if here != there:
            return [Fault(person.row, "state_differs", HEADERS[column], value, file, sheet)]
    return []
