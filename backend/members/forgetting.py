"""What is kept of a person who never should have stood on a list: the row's id, so that the log adds up, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend.core.db import execute
from backend.members.models import Member
from backend.members.writing import nothing

_KEPT = {"id", "standing", "participation", "version", "unit_id", "unit_path", "guest_unit_id", "guest_path"}
_EMPTIED = ", ".join(
    f"{field.column} = {nothing(field)}" for field in Member._meta.concrete_fields if field.column not in _KEPT
)
_EMPTY = f"UPDATE members_member SET {_EMPTIED} WHERE id = ANY (%s) AND standing = '' RETURNING id"  # noqa: S608  (names of columns)
_UNNAME = "DELETE FROM members_nameword WHERE member_id = ANY (%s)"
_ERASE = "SELECT chibo_erase_details(%s)"


_TOO: dict[str, Callable[[Sequence[int]], None]] = {}


def forgets_too(name: str, erase: Callable[[Sequence[int]], None]) -> None:
    """A room above keeps something of people (`AppConfig.ready` says so): it erases that of those with these ids."""
    _TOO[name] = erase


def forget(members: Sequence[int]) -> None:
    """Empty the profiles of those who stand on no list any more; others are passed over.

    The words they were found by go, and the details of what was recorded of them; lines, dates of the history and
    counts stay, under an id that names nobody (docs/log.md). Runs inside the transaction that took them off the list.
    """
    nobody = [row[0] for row in execute(_EMPTY, [list(members)])]
    execute(_UNNAME, [nobody])
    execute(_ERASE, [nobody])
    for erase in _TOO.values():
        erase(nobody)
