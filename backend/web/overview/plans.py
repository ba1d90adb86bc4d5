"""The page on which a committee's office enters the plans of a year for its unit and those below, and sees what was entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.models import User
from backend.cases import selectors
from backend.core.errors import Unchanged
from backend.reports.figures import FIGURES, PLANNED
from backend.reports.models import PlanTarget
from backend.reports.plans import LARGEST, Target, current, enter, history
from backend.web.acting import Acting, in_office, reading
from backend.web.days import DayField
from backend.web.overview.place import Place, place_asked
from backend.web.refusing import taken
from workflows.offices import Level, Office

FIGURES_PLANNED = {figure: FIGURES[figure] for figure in PLANNED}


class PlanForm(forms.Form):
    """What `Target` holds."""

    figure = forms.ChoiceField(label=_("What is planned"), choices=list(FIGURES_PLANNED.items()))
    year = forms.IntegerField(label=_("Year"), min_value=1930, max_value=9999)
    value = forms.IntegerField(label=_("Planned number"), min_value=1, max_value=LARGEST)
    paper_number = forms.CharField(label=_("Number of the paper"), max_length=60)
    paper_date = DayField(label=_("Date of the paper"))


@dataclass(frozen=True)
class Entry:
    """A version of a plan as the page shows it; `holds` is said of the latest of its year and figure."""

    plan: PlanTarget
    figure: str
    holds: bool
    by: str


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def plans(request: Acting) -> HttpResponse:
    """`?unit=` (a code; the office's own without it); 404 for a cell: plans are made above it."""
    with reading(request):
        place = place_asked(request)
    if place.unit.level == Level.CELL:
        raise Http404
    form = PlanForm(request.POST if request.method == "POST" else None, initial={"year": place.today.year})
    if request.method == "POST" and taken(form, lambda typed: _enter(request, place, typed)):
        return redirect(f"{reverse('overview-plans')}?{place.query()}")
    with reading(request):
        entries = _entries(place)
        below = selectors.units(request.actor).filter(parent=place.unit.pk, closed_on=None).exclude(level=Level.CELL)
        units = [place.unit, *below.order_by("code")]
        held = current([one.pk for one in units], place.today.year)
        words = {
            "at": place, "form": form, "entries": entries, "seen": len(entries), "figures": list(FIGURES_PLANNED.values()),
            "units": [(one, place.at(one).query(), [held.get((one.pk, key)) for key in PLANNED]) for one in units],
        }  # fmt: skip
        return render(request, "web/overview/plans.html", words)


def _enter(request: Acting, place: Place, typed: dict[str, Any]) -> None:
    """The page says how many entries it showed (`seen`): who did not see the last one is told."""
    seen = request.POST.get("seen", "")
    try:
        enter(request.actor, place.unit.pk, Target(**typed), int(seen) if seen.isdecimal() and len(seen) < 9 else 0)
    except Unchanged:
        messages.info(request, gettext("This plan stands like that already."))
    else:
        messages.success(request, gettext("The plan was entered."))


def _entries(place: Place) -> list[Entry]:
    """The latest first: the highest version of a year and figure holds."""
    rows = list(history(place.unit.pk))
    names = User.objects.in_bulk({one.user_id for one in rows})
    held = {(one.year, one.figure): one.version for one in reversed(rows)}
    return [
        Entry(
            one, str(FIGURES[one.figure]), held[one.year, one.figure] == one.version,
            names[one.user_id].full_name if one.user_id in names else str(Office(one.office).label),
        )
        for one in rows
    ]  # fmt: skip
