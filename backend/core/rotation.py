"""Sealing everything anew under the newest key: each room says where it keeps sealed values, this goes through them.

Batch by batch, each its own transaction, without any mark of how far it came: what the newest key opens already is left
as it is, so that a run that was stopped is simply started again, and a value that an older process sealed meanwhile is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from backend.core.db import execute
from backend.core.keyring import resealed
from workflows.fact_base import Label

BATCH = 2_000


@dataclass(frozen=True)
class Place:
    """Where sealed values stand: columns of a table (bytea), or the text under `inside` of a JSON column.

    `label` says what they are; `key` is the primary key, by which batches follow each other.
    """

    table: str
    columns: tuple[str, ...]
    label: Label
    key: str = "id"
    inside: str = ""

    def reading(self, column: str) -> str:
        return f"convert_to({column} ->> '{self.inside}', 'UTF8')" if self.inside else column

    def setting(self, column: str) -> str:
        """SQL that puts x.`column` (bytea) where it is not null, and else leaves what is there."""
        value = f"to_jsonb(convert_from(x.{column}, 'UTF8'))"
        new = f"jsonb_set(t.{column}, '{{{self.inside}}}', {value})" if self.inside else f"x.{column}"
        return f"{column} = CASE WHEN x.{column} IS NULL THEN t.{column} ELSE {new} END"


PLACES: dict[str, Place] = {}
"""By table (and what is sealed inside its JSON), in the order in which the rooms say so when they start."""


def keeps_sealed(place: Place) -> None:
    """A room says where it keeps sealed values (`AppConfig.ready`)."""
    PLACES[".".join(filter(None, (place.table, place.inside)))] = place


def count(place: Place) -> int:
    """How many rows there are to look at."""
    with transaction.atomic():
        return int(execute(f"SELECT count(*) FROM {place.table}")[0][0])  # noqa: S608  (names of our own tables)


def rotate(place: Place, progress: Callable[[int], None] = lambda seen: None) -> int:
    """How many values were sealed anew; `progress` hears after each batch how many rows were seen.

    Only for the owner of the database, whom no wall keeps from any row. Raises KeyMissing where no key opens a value; what
    stood before it is done.
    """
    done = seen = 0
    for rows, changed in _batches(place):
        done, seen = done + changed, seen + rows
        progress(seen)
    return done


def _batches(place: Place) -> Iterator[tuple[int, int]]:
    last = None
    while True:
        with transaction.atomic():
            rows = _next(place, last)
            if not rows:
                return
            changed = [(key, [resealed(bytes(one)) if one else None for one in values]) for key, *values in rows]
            changed = [(key, values) for key, values in changed if any(values)]
            if changed:
                _write(place, changed)
        last = rows[-1][0]
        yield len(rows), sum(one is not None for _, values in changed for one in values)


def _next(place: Place, last: Any) -> list[tuple[Any, ...]]:
    columns = ", ".join(place.reading(one) for one in place.columns)
    after, params = (f"WHERE {place.key} > %s", [last, BATCH]) if last is not None else ("", [BATCH])
    sql = f"SELECT {place.key}, {columns} FROM {place.table} {after} ORDER BY {place.key} LIMIT %s FOR NO KEY UPDATE"  # noqa: S608
    return execute(sql, params)


def _write(place: Place, changed: list[tuple[Any, list[bytes | None]]]) -> None:
    names = ", ".join(place.columns)
    arrays = ", ".join("%s::bytea[]" for _ in place.columns)
    settings = ", ".join(place.setting(one) for one in place.columns)
    keys = [key for key, _ in changed]
    values = [[one[index] for _, one in changed] for index in range(len(place.columns))]
    execute(
        f"UPDATE {place.table} t SET {settings} FROM unnest(%s, {arrays}) AS x(key, {names}) WHERE t.{place.key} = x.key",  # noqa: S608
        [keys, *values],
    )
