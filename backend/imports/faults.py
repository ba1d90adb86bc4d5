"""What can be wrong with a row, and what can be wrong with a whole file."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from backend.core.errors import ChiboError

WARNINGS = frozenset({"id_missing", "card_missing", "year_only_birth", "value_left_out"})
"""A row with these alone is taken; every other code leaves it out."""
DIFFERENCES = frozenset({"state_differs", "record_differs", "line_differs", "ambiguous_person"})
"""What a later file says else than what stands: told, never taken."""


class ImportRefused(ChiboError):
    """A file or folder that cannot be read as a whole; the message is one sentence that says what to do."""

    code = "import_refused"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row. `row` counts from 1 as sheets do; `cell` is the address, e.g. `E107`.

    `stands` is what the database says where the file says something else (never what is kept encrypted).
    """

    row: int
    code: str
    column: str
    value: str
    file: str
    sheet: str = ""
    cell: str = ""
    stands: str = ""

    def as_json(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if value != "" or name == "value"}

    @property
    def leaves_out(self) -> bool:
        return self.code not in WARNINGS
