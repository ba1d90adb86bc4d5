"""The charts of an overview: what is drawn, as plain data that `charts.js` reads, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext

from backend.reports.figures import ADMISSION, CONGRESS, FIGURES, MEETING_HELD
from backend.reports.models import PlanTarget
from backend.reports.series import meetings_by_month, year_by_month
from backend.reports.shares import share
from backend.web.overview.place import Place
from backend.web.overview.tiles import number, percent
from workflows.workdays import month_end


@dataclass(frozen=True)
class Chart:
    """`data`: `kind` (line or bar), `labels`, and `series` with a name, numbers (None: not known) and whether dashed.

    `rows`: a line for each month, its name first; each number with the parameters of the list behind it, where there is one.
    """

    key: str
    title: str
    data: Mapping[str, Any]
    head: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]

    @property
    def script(self) -> str:
        """The id of the element that holds the data."""
        return f"data-{self.key}"

    @property
    def says_something(self) -> bool:
        """Whether anything but zero is in it."""
        return any(value for series in self.data["series"] for value in series["data"])


def charts(place: Place, plans: Mapping[tuple[int, str], PlanTarget]) -> list[Chart]:
    """Admissions and congresses against the plan's line, and meetings by month; none of nothing but zeros."""
    found = [_year(place, figure, plans.get((place.unit.pk, figure))) for figure in (ADMISSION, CONGRESS)]
    return [chart for chart in (*found, _meetings(place)) if chart.says_something]


def _year(place: Place, figure: str, plan: PlanTarget | None) -> Chart:
    points = year_by_month(place.unit.path, figure, place.on.year, place.on, plan.value if plan else None)
    reached, planned = gettext("Reached so far"), gettext("Line of the plan")
    series = [{"name": reached, "data": [one.reached for one in points], "dashed": False}]
    series += [{"name": planned, "data": [one.planned for one in points], "dashed": True}] if plan else []
    labels = [f"{one.month:%m/%Y}" for one in points]
    rows = [
        [
            (label, ""), (_cell(one.reached), _behind(place, figure, one.month, one.reached)),
            *([(_cell(one.planned), ""), (_percent(one.reached, one.planned), "")] if plan else []),
        ]
        for label, one in zip(labels, points, strict=True)
    ]  # fmt: skip
    head = [gettext("Month"), reached, *([planned, gettext("Per cent of it")] if plan else [])]
    title = gettext("%(figure)s %(year)s, month by month") % {"figure": FIGURES[figure], "year": place.on.year}
    data = {"kind": "line", "labels": [f"{one.month:%m}" for one in points], "series": series}
    return Chart(figure.partition(".")[0], title, data, head, rows)


def _meetings(place: Place) -> Chart:
    months = meetings_by_month(place.unit.path, place.on)
    held, open_ = gettext("Held in the month"), gettext("Not held in the month")
    labels = [f"{one.month:%m/%Y}" for one in months]
    series = [
        {"name": held, "data": [one.held for one in months], "dashed": False},
        {"name": open_, "data": [one.due - one.held for one in months], "dashed": True},
    ]
    rows = [
        [
            (label, ""), (number(one.held), _behind(place, MEETING_HELD, one.month, one.held)),
            (number(one.due - one.held), ""), (percent(share(one.held, one.due)), ""),
        ]
        for label, one in zip(labels, months, strict=True)
    ]  # fmt: skip
    head = [gettext("Month"), held, open_, gettext("Per cent held")]
    return Chart(
        "meetings",
        gettext("Regular meetings by month"),
        {"kind": "bar", "labels": labels, "series": series},
        head,
        rows,
    )


def _behind(place: Place, figure: str, month: date, value: int | None) -> str:
    """The parameters of the list of a month: as of the day for which its number was counted."""
    return replace(place, on=min(month_end(month), place.on)).query(figure=figure) if value else ""


def _cell(value: int | None) -> str:
    return number(value) if value is not None else "–"


def _percent(part: int | None, whole: int | None) -> str:
    return percent(share(part, whole)) if part is not None and whole is not None else "–"
