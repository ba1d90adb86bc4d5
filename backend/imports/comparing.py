"""A row of the file against the member's record: what it says else (told), and what the record does not say (added)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from backend.core.keyring import unseal
from backend.imports.people import NUMBERS, TEXTS, Person
from backend.members.names import sort_key
from backend.members.protected import INDEXED, SEALED, blind_index, sealed_columns

_STATE = ("id", "unit_id", "standing", "participation")
_NAMES = ("full_name", "other_name", "born_on", "born_year_only")
_DAYS = ("joined_on", "official_on", "admission_decided_on", "left_on")
_REST = ("sex", "card_issued_on", *NUMBERS, *TEXTS)
_ALL = (*_STATE, *_NAMES, *_DAYS, *(INDEXED.get(column, column) for column in _REST))
COLUMNS = ", ".join(_ALL)


class Known:
    """A member of the database as far as the file is compared with it; `record` by column."""

    def __init__(self, row: Sequence[Any]) -> None:
        self.record: dict[str, Any] = dict(zip(_ALL, row, strict=True))
        self.id: int = self.record["id"]
        self.has_id = self.record["personal_id_index"] is not None

    def says(self, column: str) -> Any:
        """What stands there; of a value kept sealed its index, or the value itself where it has none."""
        stands = self.record[INDEXED.get(column, column)]
        return unseal(stands) if column in SEALED and column not in INDEXED else stands


class Difference(NamedTuple):
    """What the file says else. `stands` is empty for what is kept encrypted."""

    code: str
    column: str
    says: Any
    stands: Any = ""


def differences(person: Person, known: Known, unit_id: int) -> list[Difference]:
    """Everything in which the row contradicts the record. What the row leaves empty contradicts nothing."""
    state = list(_of_state(person, known, unit_id))[:1]
    days = [] if state else list(_of_days(person, known))  # days follow the state: one word about it is enough
    return [*state, *_of_names(person, known), *days, *_of_the_rest(person, known)]


def additions(person: Person, known: Known) -> dict[str, Any]:
    """Columns of Member that the record leaves empty and the row fills, sealed where they are kept encrypted."""
    added = {column: value for column, value in _rest(person).items() if value and not known.says(column)}
    return added | sealed_columns(added)


def _of_state(person: Person, known: Known, unit_id: int) -> Iterator[Difference]:
    if unit_id != known.record["unit_id"]:
        yield Difference("state_differs", "organisation", person.cell_code)
    for column in ("standing", "participation"):
        says, stands = getattr(person, column), known.record[column]
        if says != stands:
            yield Difference("state_differs", "status", says, stands)


def _of_names(person: Person, known: Known) -> Iterator[Difference]:
    record = known.record
    for column, header in (("full_name", "full_name"), ("other_name", "used_name")):
        says = getattr(person, column)
        if says and sort_key(says) != sort_key(record[column] or " "):
            yield Difference("record_differs", header, says, record[column])
    if not _same_birth(person, record["born_on"], year_only=record["born_year_only"]):
        yield Difference("record_differs", "born_on", person.born_on, record["born_on"])


def _same_birth(person: Person, born_on: date | None, *, year_only: bool) -> bool:
    """A year alone contradicts only another year; a day where the record has the year alone says something else."""
    if person.born_year_only:
        return born_on is not None and person.born_on.year == born_on.year
    return not year_only and person.born_on == born_on


def _of_days(person: Person, known: Known) -> Iterator[Difference]:
    left_on = None if person.participation else person.ended_on
    for column in _DAYS:
        says = left_on if column == "left_on" else getattr(person, column)
        if says is not None and says != known.record[column]:
            yield Difference("record_differs", column, says, known.record[column] or "")


def _of_the_rest(person: Person, known: Known) -> Iterator[Difference]:
    for column, value in _rest(person).items():
        stands = known.says(column)
        says = blind_index(column, value) if column in INDEXED else value
        if value and stands and says != stands and column != "personal_id":  # people are matched by that one
            yield Difference("record_differs", column, value, "" if column in SEALED else stands)


def _rest(person: Person) -> dict[str, Any]:
    return {"sex": person.sex, "card_issued_on": person.card_issued_on, **person.words}
