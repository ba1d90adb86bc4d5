"""Figures month by month: a year's admissions or congresses added up, and the regular meetings of the last months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.cases.models import Case
from backend.reports.figures import MEETING_DUE, MEETING_HELD
from backend.reports.reading import values
from workflows.workdays import add_months, month_end, month_start

MONTHS = 12


@dataclass(frozen=True)
class Point:
    """A month of a year: what was reached by its end (None: it has not come), and what the plan asks for by then."""

    month: date
    reached: int | None
    planned: int | None


def year_by_month(path: str, figure: str, year: int, on: date, plan: int | None) -> list[Point]:
    """The months of a year, known up to the day `on`; the plan's line rises by a twelfth of it each month, rounded half up."""
    months = [date(year, number, 1) for number in range(1, 13)]
    days = {month: min(month_end(month), on) for month in months if month <= on}
    found = values([path], [figure], list(days.values()))
    return [
        Point(
            month, found[path, figure, days[month]] if month in days else None,
            (2 * plan * number + 12) // 24 if plan else None,
        )
        for number, month in enumerate(months, 1)
    ]  # fmt: skip


@dataclass(frozen=True)
class Month:
    """The regular meetings of a month, as its last day (or the day `on`) found them: how many were due, and held."""

    month: date
    due: int
    held: int


def meetings_by_month(path: str, on: date) -> list[Month]:
    """The twelve months that end with the one of `on`."""
    months = months_to(on)
    days = {month: min(month_end(month), on) for month in months}
    found = values([path], [MEETING_DUE, MEETING_HELD], list(days.values()))
    return [Month(one, found[path, MEETING_DUE, day], found[path, MEETING_HELD, day]) for one, day in days.items()]


def months_to(on: date) -> list[date]:
    """The first days of the twelve months that end with the one of a day."""
    return [add_months(month_start(on), -number) for number in reversed(range(MONTHS))]


@dataclass(frozen=True)
class Square:
    """A cell's regular meeting of a month: `held`, `late` (after the month), `missed` (said not to have been), `overdue`,
    `open` (the month runs), or empty where none was due; with its day and its case."""

    word: str
    held_on: date | None = None
    case_id: int | None = None


def squares(cells: Sequence[int], on: date) -> dict[tuple[int, date], Square]:
    """By cell and month, the twelve months that end with the one of `on`, as they stood on that day."""
    months = months_to(on)
    keys = {f"regular:{month:%Y-%m}": month for month in months}
    rows = Case.objects.filter(unit__in=cells, lifecycle="meeting", exclusive_key__in=keys)
    rows = rows.exclude(state__in=("", "called_off")).order_by("-pk")
    return {
        (one["unit_id"], keys[one["exclusive_key"]]): _square(one, keys[one["exclusive_key"]], on)
        for one in rows.values("pk", "unit_id", "exclusive_key", "state", "facts__held_on", "closed_on")
    }  # the first of several is the one that the law asked for, and is read last


def _square(row: Mapping[str, Any], month: date, on: date) -> Square:
    said = row["facts__held_on"]
    held = date.fromisoformat(said) if said and row["state"] in {"held", "filed", "reported"} else None
    if held is not None and held <= on:
        return Square("held" if held <= month_end(month) else "late", held, row["pk"])
    if row["state"] == "not_held" and row["closed_on"] and row["closed_on"] <= on:
        return Square("missed", None, row["pk"])
    return Square("open" if on <= month_end(month) else "overdue", None, row["pk"])
