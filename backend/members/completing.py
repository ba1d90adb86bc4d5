"""What a record does not say yet may be added to it, and be taken out again; what it says is never overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.core.db import execute
from backend.core.encoding import dumps
from backend.members.models import Member
from backend.members.protected import INDEXED
from backend.members.writing import nothing, plain

FIELDS = (
    "personal_id", "phone", "old_personal_id", "sex", "card_number", "card_place", "card_issued_on", "old_card_number",
    "ethnicity", "religion", "birth_province", "birth_commune", "native_province", "native_commune", "home_province",
    "home_commune", "home_detail", "note",
)  # fmt: skip
"""What can be added: not the names, by which people are found, nor the days of membership, which steps give."""
_NOTHING = {name: nothing(Member._meta.get_field(name)) for name in (*FIELDS, *INDEXED.values())}
# ruff: noqa: S608  (the statements are made of names of columns)
_EMPTY = "SELECT id, {} FROM members_member WHERE id = ANY (%s)".format(
    ", ".join(f"{name} IS NOT DISTINCT FROM {_NOTHING[name]}" for name in FIELDS)
)
_FILLED = ", ".join(
    f"{name} = coalesce(nullif(m.{name}, {nothing}), x.{name}, {nothing})" for name, nothing in _NOTHING.items()
)
_FILL = f"""
    UPDATE members_member m SET version = x.version, {_FILLED}
    FROM jsonb_populate_recordset(NULL::members_member, %s::jsonb) x WHERE m.id = x.id"""


def empty_fields(members: Sequence[int]) -> dict[int, set[str]]:
    """Which of the fields the records of these members leave empty."""
    found = execute(_EMPTY, [list(members)])
    return {row[0]: {name for name, empty in zip(FIELDS, row[1:], strict=True) if empty} for row in found}


def fill(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write columns of Member (`id`, `version`, and what is added); a column that says something keeps it."""
    execute(_FILL, [dumps([{name: plain(value) for name, value in row.items()} for row in rows])])


def take_out(member: int, fields: Sequence[str]) -> None:
    """Leave fields empty again, with the index that a value is found by."""
    columns = [name for name in fields if name in FIELDS]
    columns += [INDEXED[name] for name in fields if name in INDEXED]
    if not columns:  # a record that was merged and lacked nothing
        return
    emptied = ", ".join(f"{name} = {_NOTHING[name]}" for name in columns)
    execute(f"UPDATE members_member SET {emptied} WHERE id = %s", [member])
