"""The units below, a row each with its figures and, of cells, the meetings of twelve months; fifty to a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.cases import selectors
from backend.core.tables import MARK, as_csv
from backend.organizations.models import UnitSpell
from backend.reports import figures as of
from backend.reports.models import PlanTarget
from backend.reports.plans import current
from backend.reports.reading import Values, values
from backend.reports.series import Square, months_to, squares
from backend.reports.shares import share
from backend.web.acting import Acting, in_office
from backend.web.overview.place import Place, place_asked
from backend.web.overview.tiles import number, percent
from workflows.answers import shown
from workflows.offices import Level, Right, holds
from workflows.standings import Participation

PAGE = 50
COLUMNS = {
    of.MEMBER: _("Members"), of.ADMISSION: _("Admitted"), of.CONGRESS: _("Congresses"), of.MEETING_HELD: _("Meetings held"),
    of.MEETING_OVERDUE: _("Meetings overdue"), f"participation.{Participation.AWAY}": _("Working away"),
    of.FLAG: _("Flags"), of.DEADLINE_OVERDUE: _("Deadlines overdue"),
}  # fmt: skip
NAME = "name"
WORDS = {
    "held": ("●", _("was held")), "late": ("◐", _("held after the month")), "missed": ("✕", _("was not held")),
    "overdue": ("!", _("is overdue")), "open": ("○", _("the month runs")), "": ("–", _("none due")),
}  # fmt: skip
"""How a meeting of a month is shown: a sign, and the word for it."""


@dataclass(frozen=True)
class Row:
    """A unit below: its figures as numbers with the parameters of their lists, and the share of its plan of admissions."""

    name: str
    code: str
    query: str
    cells: Sequence[tuple[str, str]]
    planned: str


def table_words(request: Acting, place: Place) -> dict[str, Any]:
    """What the table and the grid of months are made of; a cell has no table, and a grid of its own meetings."""
    if place.unit.level == Level.CELL:
        return {
            "grid": _grid([(place.unit.pk, place.unit.name)], place.on),
            "months": _months(place.on),
            "signs": WORDS.values(),
        }
    columns, sort = _columns(request), request.GET.get("sort", NAME)
    page = Paginator(_below(request, place, columns, sort), PAGE).get_page(request.GET.get("page"))
    found, plans = _figures([*page], place, columns)
    cells = [(one.unit_id, one.name) for one in page if one.level == Level.CELL]
    return {
        "rows": [_row(one, place, columns, found, plans) for one in page], "page": page,
        "columns": _heads(place, columns, sort),
        "grid": _grid(cells, place.on) if cells else [], "months": _months(place.on),
        "signs": WORDS.values(), "query": place.query(sort=sort if sort != NAME else ""),
    }  # fmt: skip


@require_safe
@in_office
def as_file(request: Acting) -> HttpResponse:
    """All units below as CSV, sorted as on the page."""
    place, columns = place_asked(request), _columns(request)
    spells = _below(request, place, columns, request.GET.get("sort", NAME))
    found, plans = _figures(spells, place, columns)
    head = [
        gettext("Code"),
        gettext("Unit"),
        *(str(label) for label in columns.values()),
        gettext("Plan of admissions"),
    ]
    rows = [
        [
            one.code, one.name, *(found[one.unit.path, key, place.on] for key in columns),
            plan.value if (plan := plans.get((one.unit_id, of.ADMISSION))) else "",
        ]
        for one in spells
    ]  # fmt: skip
    answer = HttpResponse(MARK + as_csv([head, *rows]), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="overview-{place.unit.code}-{place.on:%Y-%m-%d}.csv"'
    return answer


def _columns(request: Acting) -> dict[str, str]:
    restricted = holds(request.actor.office, Right.READ_RESTRICTED)
    return {key: str(label) for key, label in COLUMNS.items() if restricted or key not in of.RESTRICTED}


def _below(request: Acting, place: Place, columns: Mapping[str, str], sort: str) -> list[UnitSpell]:
    """The units that stood right below on the day, as they were called then: by code, or by a figure, the largest first.

    404 for what is no column.
    """
    spells = sorted(
        selectors.units_as_of(request.actor, place.on).filter(parent_id=place.unit.pk), key=lambda one: one.code
    )
    if sort == NAME:
        return spells
    if sort not in columns:
        raise Http404
    found = values([one.unit.path for one in spells], [sort], [place.on])
    return sorted(spells, key=lambda one: -found[one.unit.path, sort, place.on])


def _figures(
    spells: Sequence[UnitSpell], place: Place, columns: Mapping[str, str]
) -> tuple[Values, Mapping[tuple[int, str], PlanTarget]]:
    found = values([one.unit.path for one in spells], [*columns], [place.on])
    return found, current([one.unit_id for one in spells], place.on.year)


def _heads(place: Place, columns: Mapping[str, str], sort: str) -> list[tuple[str, str, bool]]:
    """Each column's name, the parameters that sort by it, and whether it does."""
    every = {NAME: gettext("Unit"), **columns}
    return [(label, place.query(sort=key if key != NAME else ""), key == sort) for key, label in every.items()]


def _row(
    spell: UnitSpell, place: Place, columns: Mapping[str, str], found: Values,
    plans: Mapping[tuple[int, str], PlanTarget],
) -> Row:  # fmt: skip
    at = place.at(spell.unit)
    counts = {key: found[spell.unit.path, key, place.on] for key in columns}
    plan = plans.get((spell.unit_id, of.ADMISSION))
    planned = percent(share(counts[of.ADMISSION], plan.value)) if plan else ""
    cells = [(number(value), at.query(figure=key) if value else "") for key, value in counts.items()]
    return Row(spell.name, spell.code, at.query(), cells, planned)


def _months(on: date) -> list[str]:
    return [f"{month:%m/%Y}" for month in _latest_first(on)]


def _latest_first(on: date) -> list[date]:
    """On a phone the last months are those that are seen without moving the table."""
    return months_to(on)[::-1]


def _grid(cells: Sequence[tuple[int, str]], on: date) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """A line for each cell: its name, and for each month a sign, what it says, and the address of the meeting."""
    found = squares([key for key, _name in cells], on)
    return [(name, [_square(found.get((key, month))) for month in _latest_first(on)]) for key, name in cells]


def _square(one: Square | None) -> tuple[str, str, str]:
    sign, word = WORDS[one.word if one else ""]
    said = f"{word} ({shown(one.held_on)})" if one and one.held_on else str(word)
    return sign, said, reverse("case", args=[one.case_id]) if one and one.case_id else ""
