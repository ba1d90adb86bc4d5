"""A cell is divided: a new one beside it, those ticked go along; first what would become of everybody, then done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, note
from backend.cases import selectors
from backend.cases.dividing import divide, rehearse_division
from backend.cases.orders import citation
from backend.cases.reorganising import people_of as on_the_lists
from backend.cases.reorganising import theirs
from backend.core.errors import KeyReused
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.reorganising import Asked, along, people_of, sent_before
from backend.web.facts.typed import whole
from backend.web.kept import sent
from backend.web.refusing import said_with_basis
from workflows.facts import Text
from workflows.member_steps.moving import REORGANISATION
from workflows.offices import Level
from workflows.standings import Standing
from workflows.units import UnitRef

CODE = UnitRef("code", _("Code of the new cell"))
NAME = Text("name", _("Name of the new cell"), max_length=200, lines=False)
FACTS = (CODE, NAME, REORGANISATION)
DOOR = "web/administration/units/{unit_id}/divide/"


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def dividing(request: Acting, unit_id: int) -> HttpResponse:
    """`do` is `preview` or `divide`; `members` are those ticked. 404 for a unit that another committee decides on."""
    with reading(request):
        unit = theirs(request.actor, unit_id)
        do = request.POST.get("do", "")
        asked = Asked(request, unit, FACTS, sent(request), {})
    if do not in {"preview", "divide"}:
        return _shown(request, unit, asked)

    def work(on: date, raw: dict[str, Any]) -> dict[str, Any]:
        told = {"paper": raw.pop(REORGANISATION.name), "on": on, "members": _ticked(request), **raw}
        if do == "preview":
            return rehearse_division(request.actor, unit.pk, **told)
        return divide(request.actor, unit.pk, **told, request_key=asked.request_key())

    try:
        answer = asked.carry(work)
    except KeyReused:
        return sent_before(request, "admin-divide", unit)
    if answer is None:
        return _shown(request, unit, asked, status=422)
    return _shown(request, unit, asked, answer, done=do == "divide")


def _shown(
    request: Acting, unit: Unit, asked: Asked, answer: Mapping[str, Any] | None = None, *, done: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    with reading(request):
        words = {
            "unit": unit, "cell": unit.level == Level.CELL and unit.closed_on is None, "form": asked.form, "key": asked.key,
            "done": done, "general": said_with_basis(asked.form.general, request.today),
            "told": _told(request, unit, answer) if answer else None,
        }  # fmt: skip
        if not done:
            words["people"] = _people(request, unit)
        return render(request, "web/administration/divide.html", words, status=status)


def _ticked(request: Acting) -> list[int]:
    return [key for one in (sent(request) or QueryDict()).getlist("members") if (key := whole(one)) is not None]


def _people(request: Acting, unit: Unit) -> list[tuple[Member, str, bool]]:
    """Those on the cell's own lists, how each stands, and whether each was ticked; the look at them is noted."""
    rows = list(selectors.members(request.actor).filter(pk__in=on_the_lists(unit)).order_by("sort_key", "pk"))
    if rows:
        note(request.actor, Look(DOOR, count=len(rows)))
    ticked = set(_ticked(request))
    return [(one, str(Standing(one.standing).label), one.pk in ticked) for one in rows]


def _told(request: Acting, unit: Unit, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with names, and how many official members both cells have then."""
    people = people_of(request, answer["people"], DOOR)
    least, official = answer["least"], answer["official"]
    here = official[str(unit.pk)]
    there = next(count for key, count in official.items() if key != str(unit.pk))
    language = get_language() or "vi"
    return {
        **along(request, people),
        "goes": [one for one in people if one["done"]], "stays": [one for one in people if not one["done"]],
        "here": here, "there": there, "least": least, "short": min(here, there) < least,
        "basis": citation("ORG.CELL_MIN", request.today)[language],
        "new": Unit.objects.filter(pk=answer["new"] or 0).first(),
    }  # fmt: skip
