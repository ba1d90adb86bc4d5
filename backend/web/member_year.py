"""A member's year: meetings by the roll calls, dues by the ledger; for offices that may see restricted matters."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from backend.cases import selectors
from backend.dues.ledger import Line, member_year
from backend.members.models import Member
from backend.web.acting import Acting
from workflows.offices import Right, holds
from workflows.voting import Presence


@dataclass(frozen=True)
class Month:
    """One month (1 … 12): what the roll calls say, and what the ledger says; `entry` is the page that takes it back."""

    number: int
    meetings: tuple[str, ...]
    dues: str
    late: bool
    entry: str = ""


@dataclass(frozen=True)
class Year:
    """The months of a year up to now; `before` is the year that can be turned back to, `after` the one to come on to."""

    year: int
    months: list[Month]
    before: int
    after: int | None


def year_of(request: Acting, row: Member) -> Year | None:
    """The year of the address (`?year=`), else this one; None where the office may not see it. Raises Http404."""
    actor, today = request.actor, request.today
    if not holds(actor.office, Right.READ_RESTRICTED):
        return None
    asked = request.GET.get("year", str(today.year))
    if not (asked.isascii() and asked.isdigit() and len(asked) == len("2026") and 1900 <= int(asked) <= today.year):
        raise Http404
    year = int(asked)
    said: dict[int, list[str]] = {}
    for one in selectors.attendance(actor, row, year):
        said.setdefault(one.month.month, []).append(str(Presence(one.status).label))
    lines = member_year(actor, row.pk, year, today)
    last = today.month if year == today.year else 12
    months = [_month(line, tuple(said.get(line.view.month.month, ()))) for line in lines[:last]]
    return Year(year, months, year - 1, year + 1 if year < today.year else None)


def _month(line: Line, meetings: tuple[str, ...]) -> Month:
    month = line.view.month
    entry = reverse("dues-entry", args=[line.member_id, f"{month:%Y-%m}"]) if line.mine else ""
    return Month(month.month, meetings, str(line.status.label), line.late, entry)
