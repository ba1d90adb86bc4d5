"""Cursor pages (`core.keyset`) as the API gives them: the rows, and the address of the next page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from backend.core import keyset

PAGE, LARGEST = 50, 200


def page(request: Request, rows: QuerySet[Any], order: tuple[str, ...]) -> tuple[list[Any], str | None]:
    """The rows of one page and the address of the next; `order` as `keyset.page` takes it. Raises ParseError."""
    size = _size(request)
    with _said():
        found, following = keyset.page(rows, order, _cursor(request), size)
    return found, _address(request, following)


def paged(request: Request, rows: QuerySet[Any], order: tuple[str, ...], shape: type[BaseSerializer[Any]]) -> Response:
    found, following = page(request, rows, order)
    return Response({"results": shape(found, many=True).data, "next": following})


def chained(request: Request, parts: Sequence[keyset.Part], shape: type[BaseSerializer[Any]]) -> Response:
    """Lists one after the other as if they were one, each by falling id; what a part gives becomes what the shape shows."""
    size = _size(request)
    with _said():
        shown, following = keyset.chained(parts, _cursor(request), size)
    return Response({"results": shape(shown, many=True).data, "next": _address(request, following)})


@contextmanager
def _said() -> Iterator[None]:
    """A cursor of somebody else's making is told in a sentence."""
    try:
        yield
    except keyset.BadCursor as error:
        raise ParseError(gettext("The cursor is not one of ours; begin again without it.")) from error


def _cursor(request: Request) -> str:
    return str(request.query_params.get("cursor", ""))


def _size(request: Request) -> int:
    raw = request.query_params.get("limit", str(PAGE))
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 4 and 1 <= int(raw) <= LARGEST):
        raise ParseError(gettext("limit must be a whole number from 1 to %(most)s.") % {"most": LARGEST})
    return int(raw)


def _address(request: Request, cursor: str) -> str | None:
    if not cursor:
        return None
    asked: Mapping[str, Any] = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(asked)}")
