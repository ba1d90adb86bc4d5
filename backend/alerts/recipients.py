"""Which offices a notice goes to, by the level of the unit. The person is found at delivery, not here."""

from __future__ import annotations

from workflows.offices import Level, Office

COMMITTEE = (Office.COMMITTEE_SECRETARY, Office.ORGANISATION_OFFICER)
TOLD: dict[Level, tuple[Office, ...]] = {
    Level.CELL: (Office.CELL_SECRETARY,),
    **{level: COMMITTEE for level in Level if level is not Level.CELL},
}
"""The offices told at each level: the cell's secretary; a committee's secretary and its organisation officer."""

SUBSTITUTES: dict[Office, Office] = {Office.CELL_SECRETARY: Office.CELL_DEPUTY}
"""Who reads an office's letters while its seat is empty."""


def offices_by_level() -> list[tuple[str, str]]:
    """(level, office) pairs, as the sweep's statement takes them."""
    return [(level.value, office.value) for level, offices in TOLD.items() for office in offices]
