"""Lists that grow while they are read, a page at a time by falling id: nothing is counted, nothing is shown twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from backend.web.facts.typed import whole

SIZE = 50
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Slice:
    """Some rows, the newest first. `older`: the query by which those behind them are asked for, empty where there are none;
    `newest`: by which the first ones are, empty where these are."""

    rows: list[Any]
    older: str
    newest: str


def falling(request: HttpRequest, rows: QuerySet[Any]) -> Slice:
    """Those with an id below `?before=`, else the newest. Raises Http404 for what is no id."""
    before = request.GET.get("before", "")
    if before:
        last = number(before)
        if last is None:
            raise Http404
        rows = rows.filter(id__lt=last)
    found = list(rows.order_by("-id")[: SIZE + 1])
    asked = request.GET.copy()
    asked.pop("before", None)
    newest = f"?{asked.urlencode()}"
    asked["before"] = str(found[SIZE - 1].id) if len(found) > SIZE else ""
    return Slice(found[:SIZE], f"?{asked.urlencode()}" if len(found) > SIZE else "", newest if before else "")


def number(text: str) -> int | None:
    """A whole number from 1 that is an id; None for anything else."""
    found = whole(text, digits=19)
    return found if found is not None and 1 <= found <= LARGEST else None
