"""Pages by the last row's own values: a stable order, one query a page, and a cursor that cannot be bent into an error.

The API and the pages turn them alike; each says in its own words what is wrong with a cursor.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import Field, Model, Q, QuerySet

from backend.core.encoding import fit
from backend.core.ids import BIG

Part = tuple[QuerySet[Any], Callable[[Any], Any]]
"""A list, and what each of its rows becomes."""


class BadCursor(ValueError):
    """What came back as a cursor is none of ours."""


def page(rows: QuerySet[Any], order: tuple[str, ...], cursor: str, size: int) -> tuple[list[Any], str]:
    """The rows behind the cursor (empty: from the beginning) and the cursor of the next page, empty where there is none.

    `order` are unique columns in sum, all up or all down (`-`). Raises BadCursor.
    """
    if cursor:
        rows = rows.filter(_after(order, _read(rows.model, order, cursor)))
    found = list(rows.order_by(*order)[: size + 1])
    return found[:size], _of_row(found[size - 1], order) if len(found) > size else ""


def chained(parts: Sequence[Part], cursor: str, size: int) -> tuple[list[Any], str]:
    """Lists one after the other as if they were one, each by falling id. Raises BadCursor."""
    start, after = _place(cursor, len(parts))
    found: list[tuple[int, Any]] = []
    for place in range(start, len(parts)):
        rows = parts[place][0].filter(id__lt=after) if place == start and after is not None else parts[place][0]
        found += [(place, row) for row in rows.order_by("-id")[: size + 1 - len(found)]]
        if len(found) > size:
            break
    following = ""
    if len(found) > size:
        place, last = found[size - 1]
        following = _encoded([place, last.pk])
    return [parts[place][1](row) for place, row in found[:size]], following


def _place(cursor: str, count: int) -> tuple[int, int | None]:
    """The part in which a chained page begins, and the id behind which."""
    if not cursor:
        return 0, None
    match _decoded(cursor):
        case [int(place), int(after)] if 0 <= place < count and 0 <= after <= BIG:
            return place, after
    raise BadCursor


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows behind the last one: (a, b) > (x, y), written so that an index on a is a range."""
    way = "lt" if order[0].startswith("-") else "gt"
    names = [name.lstrip("-") for name in order]
    behind = Q(**{f"{names[-1]}__{way}": values[-1]})
    for name, value in list(zip(names, values, strict=True))[-2::-1]:
        behind = Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | behind)
    return behind


def _read(model: type[Model], order: tuple[str, ...], cursor: str) -> list[Any]:
    values = _decoded(cursor)
    if not isinstance(values, list) or len(values) != len(order):
        raise BadCursor
    fields = [model._meta.get_field(name.lstrip("-")) for name in order]
    return [_value(field, value) for field, value in zip(fields, values, strict=True)]


def _decoded(cursor: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, binascii.Error, RecursionError):
        return None


def _value(field: Any, value: Any) -> Any:
    kind = field.get_internal_type() if isinstance(field, Field) else ""
    if kind == "DateField" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    elif kind in {"BigAutoField", "BigIntegerField"}:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= BIG:
            return value
    elif isinstance(value, str) and fit(value):
        return value
    raise BadCursor


def _of_row(last: Any, order: tuple[str, ...]) -> str:
    values = [getattr(last, name.lstrip("-")) for name in order]
    return _encoded([value.isoformat() if isinstance(value, date) else value for value in values])


def _encoded(plain: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()
