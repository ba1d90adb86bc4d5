"""The list of cases: by lifecycle, unit and what is overdue, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.cases.engine import CHUNK
from backend.cases.labels import label_cases
from backend.cases.listing import CASES_ORDER, counted
from backend.cases.models import Case
from backend.cases.selectors import members
from backend.core import keyset
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.filters import CaseFilter
from backend.web.lines import month_of
from backend.web.saved_views import chips
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.drawing import label_of

PAGE = 50


@dataclass(frozen=True)
class Row:
    """A case as the list shows one: `about` whom or which month; `due` is its next open deadline."""

    id: int
    number: str
    lifecycle: str
    state: str
    marks: tuple[str, ...]
    about: str
    unit: str
    opened: str
    closed: str
    due: str
    late: bool


@require_safe
@in_office
def cases(request: Acting) -> HttpResponse:
    """Cases in sight; filters (`CaseFilter`), `?cursor=`."""
    wanted = CaseFilter(request.actor, request.GET)
    rows = wanted.rows(request.today)
    try:
        found, following = keyset.page(rows, CASES_ORDER, request.GET.get("cursor", ""), PAGE)
    except keyset.BadCursor as error:
        raise Http404 from error
    asked, whole = wanted.asked(), None if following or request.GET.get("cursor") else len(found)
    if found:
        note(request.actor, Look("web/cases/", filters=asked, count=len(found)))
    words: dict[str, Any] = {
        "form": wanted, "rows": _rows(request, found), "next": following, "query": wanted.query,
        "count": counted(rows, CHUNK, whole=whole), "most": CHUNK, "views": chips(request.user.pk, "cases", asked),
        "keeps": asked, "page": "cases",
    }  # fmt: skip
    return render(request, "web/lists/cases.html", words)


def _rows(request: Acting, found: list[Case]) -> list[Row]:
    label_cases(found, request.today)
    units = Unit.objects.in_bulk({one.unit_id for one in found})
    people = members(request.actor).filter(pk__in={one.member_id for one in found if one.member_id})
    names: dict[int, str] = dict(people.values_list("pk", "full_name"))
    due = dict(_running(found).values_list("subject_id").annotate(first=Min("due_on")))
    return [_row(one, units, names, due, request.today) for one in found]


def _running(found: list[Case]) -> QuerySet[Deadline]:
    keys = [one.pk for one in found]
    return Deadline.objects.filter(Q(subject_kind="case", subject_id__in=keys), status=Deadline.Status.OPEN)


def _row(
    one: Case, units: Mapping[int, Unit], names: Mapping[int, str], due: Mapping[int, date], today: date
) -> Row:  # fmt: skip
    page, unit, first = LIFECYCLES[one.lifecycle], units.get(one.unit_id), due.get(one.pk)
    return Row(
        one.pk, one.number, str(page.label), label_of(page, "state", one.state),
        tuple(str(label.timed.label) for label in one.labels), names.get(one.member_id or 0, "") or month_of(one),
        unit.name if unit else "",
        str(shown(one.opened_on)), str(shown(one.closed_on)) if one.closed_on else "", str(shown(first)) if first else "",
        first is not None and first < today,
    )  # fmt: skip
