"""The overview of offices above the cell: figures of a unit on a day, its charts, and the units below it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from backend.organizations.models import Unit
from backend.reports.figures import FIGURES
from backend.reports.plans import ENTERS, current
from backend.reports.reading import as_of, first_day, values
from backend.reports.waiting import waiting
from backend.web.acting import Acting, in_office
from backend.web.overview.charts import charts
from backend.web.overview.place import Place, place_asked
from backend.web.overview.table import table_words
from backend.web.overview.tiles import groups
from workflows.answers import shown
from workflows.offices import TOLD, Level, holds


@require_safe
@in_office
def overview(request: Acting) -> HttpResponse:
    """`?unit=`, `?on=`, and of the table below `?sort=` and `?page=`."""
    place = place_asked(request)
    begun = first_day(place.unit.path)
    words = {
        "at": place, "above": _above(request, place), "begun": begun, "counted": _counted(place),
        "from_begun": place.query(on=shown(begun)) if begun else "",
        "enters": holds(request.actor.office, ENTERS) and place.unit.level != Level.CELL,
    }  # fmt: skip
    if begun is not None and begun <= place.on:
        words |= _figures(request, place)
    return render(request, "web/overview/page.html", words)


def _figures(request: Acting, place: Place) -> dict[str, Any]:
    """What is known on the day."""
    figures = values([place.unit.path], [*FIGURES], [place.on])
    plans = current([place.unit.pk], place.on.year)
    return {
        "groups": groups(request.actor, place, figures, plans), "waiting": _waiting(request, place),
        "charts": charts(place, plans), **table_words(request, place),
    }  # fmt: skip


def _above(request: Acting, place: Place) -> list[tuple[str, str]]:
    """The units above, up to the office's own: name and parameters."""
    own = request.actor.path
    paths = [place.unit.path[: end + 1] for end, sign in enumerate(place.unit.path) if sign == "/"]
    units = Unit.objects.filter(path__in=[one for one in paths if one.startswith(own) and one != place.unit.path])
    return [(one.name, place.at(one).query()) for one in units.order_by("path")]


def _counted(place: Place) -> str:
    """From when the figures are: today's change while one looks."""
    moment = as_of()
    if moment is None:
        return gettext("The figures have not been counted yet; the worker has not run.")
    at = timezone.localtime(moment)
    words = {"time": at.strftime("%H:%M"), "day": shown(at.date()), "on": shown(place.on)}
    if place.is_past:
        return gettext("At the end of %(on)s, as known at %(time)s on %(day)s.") % words
    return gettext("As of %(time)s on %(day)s.") % words


def _waiting(request: Acting, place: Place) -> int | None:
    """Of the reader's own office and today alone; None where nobody tells it anything, and elsewhere."""
    told = request.actor.office in TOLD[Level.BASE] and place.unit.pk == request.actor.unit_id and not place.is_past
    return waiting(request.actor, request.today).count() if told else None
