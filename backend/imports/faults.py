"""What can be wrong with a row, and what can be wrong with a whole file."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.core.errors import ChiboError

WARNINGS = frozenset(
    {"id_missing", "card_missing", "year_only_birth", "value_left_out", "id_other_birth", "id_other_sex"}
)
"""A row with these alone is taken; every other code leaves it out."""
DIFFERENCES = frozenset({"state_differs", "record_differs", "line_differs", "ambiguous_person", "own_record"})
"""What a later file says else than what stands, or of whoever brings it in: told, never taken."""

WORDS: dict[str, Promise] = {
    "id_missing": _("no personal id"), "card_missing": _("no card number"),
    "year_only_birth": _("only the year of birth is known"), "value_left_out": _("a value that cannot be kept"),
    "name_missing": _("no name"), "name_too_long": _("a name of more than 120 letters"),
    "bad_name": _("a name with signs that no name has"), "paid_too_early": _("paid too long before the month it is for"),
    "impossible_date": _("no such day, or none that can be right"),
    "future_birth": _("a birth that lies ahead"), "bad_id_length": _("a personal id of another length"),
    "id_other_birth": _("a personal id of another year of birth"),
    "id_other_sex": _("a personal id of the other sex"),
    "duplicate_id": _("a personal id that stands twice"), "unknown_status": _("an unknown status"),
    "official_before_joined": _("official before joining"), "under_18_at_admission": _("under 18 at admission"),
    "unknown_cell": _("an unknown cell"), "unknown_person": _("a person who was not taken"),
    "no_meeting": _("no meeting in that month"), "duplicate_line": _("a line that stands twice"),
    "state_differs": _("another state stands here"), "record_differs": _("the record says something else"),
    "line_differs": _("something else stands for this line"), "ambiguous_person": _("several people it could be"),
    "own_record": _("your own record: another person completes it"),
}  # fmt: skip
"""What the codes mean, for people."""


def in_words(code: str) -> str:
    """A fault as people read it, with the code by which the report and the docs name it."""
    return f"{WORDS[code]} [{code}]"


class ImportRefused(ChiboError):
    """A file or folder that cannot be read as a whole; the message is one sentence that says what to do."""

    code = "import_refused"


LONGEST_VALUE = 200
"""Letters of a value that a report shows."""


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

    def __post_init__(self) -> None:
        """A report is for people: of a value that would fill it the beginning is kept."""
        for name in ("value", "stands"):
            if len(whole := getattr(self, name)) > LONGEST_VALUE:
                object.__setattr__(self, name, f"{whole[: LONGEST_VALUE - 1]}…")

    def as_json(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if value != "" or name == "value"}

    @property
    def leaves_out(self) -> bool:
        return self.code not in WARNINGS
