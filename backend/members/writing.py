"""Putting a new person on the lists: the row of Member and the words it is found by, as JSON for one insert."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import BooleanField

from backend.members.models import Member
from backend.members.names import sort_key, words

_COLUMNS = [str(field.column) for field in Member._meta.concrete_fields]
_NAMES = ", ".join(_COLUMNS)

INSERT_MEMBERS = f"""
  entered AS (
    INSERT INTO members_member ({_NAMES})
    SELECT {_NAMES} FROM jsonb_populate_recordset(NULL::members_member, %s::jsonb) RETURNING 1)"""  # noqa: S608  (constants)
INSERT_WORDS = """
  named AS (
    INSERT INTO members_nameword (member_id, word, unit_path, guest_path)
    SELECT member_id, word, unit_path, guest_path
    FROM jsonb_to_recordset(%s::jsonb) AS w(member_id bigint, word text, unit_path text, guest_path text) RETURNING 1)"""
PLACE_WORDS = """
  placed AS (
    UPDATE members_nameword w SET unit_path = x.unit_path, guest_path = x.guest_path
    FROM jsonb_to_recordset(%s::jsonb) AS x(member_id bigint, unit_path text, guest_path text)
    WHERE w.member_id = x.member_id RETURNING 1)"""


def member_rows(member: Member) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The member's row and one row for each folded word of the names."""
    member.sort_key = sort_key(member.full_name)
    row = {str(field.column): plain(getattr(member, field.attname)) for field in member._meta.concrete_fields}
    return row, word_rows(member)


def word_rows(member: Member) -> list[dict[str, Any]]:
    """One row for each folded word of the names, at the member's place."""
    found = dict.fromkeys([*words(member.full_name), *words(member.other_name)])
    place = {"member_id": member.pk, "unit_path": member.unit_path, "guest_path": member.guest_path}
    return [{**place, "word": word[:60]} for word in found]


def nothing(field: Any) -> str:
    """SQL of what a column holds that says nothing."""
    return "NULL" if field.null else "false" if isinstance(field, BooleanField) else "''"


def plain(value: Any) -> Any:
    """A column's value as JSON for the database."""
    if isinstance(value, date):
        return value.isoformat()
    return "\\x" + bytes(value).hex() if isinstance(value, bytes | memoryview) else value
