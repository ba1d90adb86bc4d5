"""Cursor pages: a stable order, one query a page, and a cursor that cannot be bent into an error."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from backend.api.parsers import fit
from backend.api.scoping import BIG

PAGE, LARGEST = 50, 200


def page(request: Request, rows: QuerySet[Any], order: tuple[str, ...]) -> tuple[list[Any], str | None]:
    """The rows of one page and the address of the next; `order` are unique columns in sum, all up or all down (`-`)."""
    size = _size(request)
    cursor = request.query_params.get("cursor", "")
    if cursor:
        rows = rows.filter(_after(order, _read(rows.model, order, cursor)))
    found = list(rows.order_by(*order)[: size + 1])
    following = _address(request, found[size - 1], order) if len(found) > size else None
    return found[:size], following


def paged(request: Request, rows: QuerySet[Any], order: tuple[str, ...], shape: type[BaseSerializer[Any]]) -> Response:
    found, following = page(request, rows, order)
    return Response({"results": shape(found, many=True).data, "next": following})


def chained(
    request: Request, parts: Sequence[tuple[QuerySet[Any], Callable[[Any], Any]]], shape: type[BaseSerializer[Any]]
) -> Response:
    """Lists one after the other as if they were one, each by falling id; what a part gives becomes what the shape shows."""
    size = _size(request)
    start, after = _place(request.query_params.get("cursor", ""), len(parts))
    found: list[tuple[int, Any]] = []
    for place in range(start, len(parts)):
        rows = parts[place][0].filter(id__lt=after) if place == start and after is not None else parts[place][0]
        found += [(place, row) for row in rows.order_by("-id")[: size + 1 - len(found)]]
        if len(found) > size:
            break
    following = None
    if len(found) > size:
        place, last = found[size - 1]
        following = _next(request, [place, last.pk])
    shown = [parts[place][1](row) for place, row in found[:size]]
    return Response({"results": shape(shown, many=True).data, "next": following})


def _place(cursor: str, count: int) -> tuple[int, int | None]:
    """The part in which a chained page begins, and the id behind which."""
    if not cursor:
        return 0, None
    match _decoded(cursor):
        case [int(place), int(after)] if 0 <= place < count and 0 <= after <= BIG:
            return place, after
    raise ParseError(gettext("The cursor is not one of ours; begin again without it."))


def _size(request: Request) -> int:
    raw = request.query_params.get("limit", str(PAGE))
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 4 and 1 <= int(raw) <= LARGEST):
        raise ParseError(gettext("limit must be a whole number from 1 to %(most)s.") % {"most": LARGEST})
    return int(raw)


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
        raise ParseError(gettext("The cursor is not one of ours; begin again without it."))
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
    raise ParseError(gettext("The cursor is not one of ours; begin again without it."))


def _address(request: Request, last: Any, order: tuple[str, ...]) -> str:
    values = [getattr(last, name.lstrip("-")) for name in order]
    return _next(request, [value.isoformat() if isinstance(value, date) else value for value in values])


def _next(request: Request, plain: list[Any]) -> str:
    cursor = base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()
    asked: Mapping[str, Any] = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(asked)}")
