"""Who plays what: which cells work, which are late, which are silent, and who they all are at the API."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.cells import Cell
from demo.client import Person, Tally
from demo.people import People

PUNCTUAL, LATE, NOT_HELD, ANSWERED, SILENT = "punctual", "late", "not_held", "answered", "silent"
PARTS = (PUNCTUAL, SILENT, PUNCTUAL, LATE, SILENT, ANSWERED, PUNCTUAL, NOT_HELD)
"""The part of a cell, by its place in the order of codes. `answered` cells are silent, but the commune acknowledges."""


@dataclass
class Cast:
    """Everybody at the API. `by_part` names the cells of each part; `on_behalf` has no computer, the officer records.

    Decisions of the commune are recorded by its secretary: never by the one who recorded the cell's resolution.
    """

    officer: Person
    secretary: Person
    by_part: dict[str, list[Cell]]
    on_behalf: Cell
    tally: Tally = field(default_factory=Tally)

    @property
    def working(self) -> list[Cell]:
        return self.by_part[PUNCTUAL]


def assemble(base: str, people: People) -> Cast:
    """Sign everybody in who will act; silent secretaries never do."""
    tally = Tally()
    officer = Person(base, "officer", tally, assignment=people.officer_assignment)
    officer.sign_in(people.password)
    committee = Person(base, "secretary", tally)
    committee.sign_in(people.password)
    by_part: dict[str, list[Cell]] = {part: [] for part in PARTS}
    for place, unit in enumerate(people.cells):
        part = PARTS[place % len(PARTS)]
        if unit not in people.names:  # the empty seat
            by_part[SILENT].append(Cell(unit, officer))
            continue
        secretary = Person(base, people.names[unit], tally)
        if part in (PUNCTUAL, LATE):
            secretary.sign_in(people.password)
        by_part[part].append(Cell(unit, secretary))
    last = by_part[PUNCTUAL].pop()
    return Cast(officer, committee, by_part, Cell(last.unit, officer), tally)
