"""A record is made to say something else of a person, or nothing: the columns, their indexes, the words of the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.core.keyring import unseal
from backend.members.models import Member, NameWord
from backend.members.names import sort_key
from backend.members.profile import tidied
from backend.members.protected import INDEXED, SEALED, sealed_columns
from backend.members.writing import word_rows
from workflows.profile import PROFILE
from workflows.standings import Standing

_NAMES = {"full_name", "other_name"}


def said_of(record: Member) -> dict[str, Any]:
    """What a record says, by the names of PROFILE; None for what it does not say. Raises KeyMissing."""
    held = {fact.name: getattr(record, fact.name) for fact in PROFILE}
    opened = {name: unseal(held[name]) for name in SEALED}
    return {name: value if value is False else value or None for name, value in {**held, **opened}.items()}


def changes(record: Member, given: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By field that would say something else: what it says, and what it would say. Names are tidied."""
    said = said_of(record)
    return {name: (said[name], value) for name, value in tidied(given).items() if said[name] != value}


def amend(member_id: int, says: Mapping[str, Any]) -> None:
    """Write what fields say from now on (None: nothing), inside the caller's transaction."""
    record = Member.objects.get(pk=member_id)
    plain = {name: value for name, value in says.items() if value is not None}
    for name, value in says.items():
        setattr(record, name, _nothing(name) if value is None else value)
        if name in INDEXED:
            setattr(record, INDEXED[name], None)
    for column, kept in sealed_columns({name: value for name, value in plain.items() if name in SEALED}).items():
        setattr(record, column, kept)
    written = {*says, *(INDEXED[name] for name in says if name in INDEXED)}
    if _NAMES & written:
        record.sort_key = sort_key(record.full_name)
        written.add("sort_key")
        NameWord.objects.filter(member_id=member_id).delete()
        if record.standing != Standing.MERGED:  # nobody is found by a record that was merged
            NameWord.objects.bulk_create(NameWord(**row) for row in word_rows(record))
    Member.objects.filter(pk=member_id).update(**{name: getattr(record, name) for name in written})


def _nothing(name: str) -> Any:
    return None if Member._meta.get_field(name).null else ""
