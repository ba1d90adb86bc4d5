"""The list behind a figure: who or what was counted for a unit on a day, with the way to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.flags.models import Flag
from backend.organizations.models import Unit
from backend.reports.behind import LARGEST, Counted, behind
from backend.reports.figures import FIGURES, MEMBER, RESTRICTED
from backend.reports.reading import values
from backend.reports.waiting import waiting
from backend.web.acting import Acting, in_office
from backend.web.naming import named_unit
from backend.web.overview.place import Place, place_asked
from backend.web.overview.table import PAGE
from backend.web.overview.tiles import number
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.flagging import Cause
from workflows.offices import Right, holds
from workflows.standings import Participation

WAITING = "waiting"
"""Asked for like a figure: what has climbed to the reader's office."""
ON_LEAVE = f"participation.{Participation.AWAY}"


@dataclass(frozen=True)
class Line:
    """One thing on the list; nothing but where it was counted where it is out of the reader's sight now."""

    text: str
    address: str
    unit: str
    days: str


@require_safe
@in_office
def behind_figure(request: Acting) -> HttpResponse:
    """`?figure=` (the members without it), `?unit=`, `?on=`, `?page=`; 404 for what is none, or not for this office."""
    figure, place = request.GET.get("figure", MEMBER), place_asked(request)
    label, found, count = _found(request, figure, place)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    ends = _ends(request.actor, [*page]) if figure == ON_LEAVE and not place.is_past else {}
    lines, below = _lines(request.actor, [*page], ends), _below(request, place, figure) if count > LARGEST else []
    asked = {"figure": figure, "unit": place.unit.code, "on": place.on.isoformat()}
    note(request.actor, Look("overview/list/", filters=asked, count=len(lines)))
    words = {
        "at": place, "label": label, "count": number(count), "page": page, "query": place.query(figure=figure),
        "lines": lines, "below": below,
    }  # fmt: skip
    return render(request, "web/overview/list.html", words)


def _found(request: Acting, figure: str, place: Place) -> tuple[str, Sequence[Counted], int]:
    if figure == WAITING:
        rows = [
            Counted("deadline", one.pk, one.unit_id, one.due_on)
            for one in waiting(request.actor, request.today)[:LARGEST]
        ]
        return gettext("Escalations waiting for you"), rows, len(rows)
    if figure not in FIGURES or (figure in RESTRICTED and not holds(request.actor.office, Right.READ_RESTRICTED)):
        raise Http404
    count = values([place.unit.path], [figure], [place.on])[place.unit.path, figure, place.on]
    if count > LARGEST:
        return str(FIGURES[figure]), [], count
    found = behind(place.unit, figure, place.on)
    return str(FIGURES[figure]), found, len(found)


def _below(request: Acting, place: Place, figure: str) -> list[tuple[str, str, str]]:
    """The units right below with their numbers and the parameters of their lists."""
    spells = list(selectors.units_as_of(request.actor, place.on).filter(parent_id=place.unit.pk))
    found = values([one.unit.path for one in spells], [figure], [place.on])
    counts = [(one, found[one.unit.path, figure, place.on]) for one in sorted(spells, key=lambda one: one.code)]
    return [(one.name, number(count), place.at(one.unit).query(figure=figure)) for one, count in counts if count]


def _lines(actor: Actor, rows: Sequence[Counted], ends: Mapping[int, str]) -> list[Line]:
    """Each as it is called now, through what the reader may see: a file that is shut to the office has no name here."""
    told: Mapping[str, Mapping[int, tuple[str, str]]] = {
        kind: tell(actor, [one.subject for one in rows if one.kind == kind]) for kind, tell in TOLD_BY.items()
    }
    units = Unit.objects.in_bulk({one.unit_id for one in rows})
    lines = []
    for one in rows:
        text, way = told[one.kind].get(one.subject, (gettext("out of your sight now"), ""))
        unit = units.get(one.unit_id)
        lines.append(Line(text, way, named_unit(unit), " · ".join(filter(None, [_days(one), ends.get(one.subject)]))))
    return lines


def _days(one: Counted) -> str:
    return gettext("since %(day)s") % {"day": shown(one.since)} if one.since else ""


def _ends(actor: Actor, rows: Sequence[Counted]) -> dict[int, str]:
    """Up to when each of those who work far away has leave, as it stands today."""
    seen = selectors.members(actor).filter(pk__in=[one.subject for one in rows]).values_list("pk", "away_until")
    return {
        key: gettext("until %(day)s") % {"day": shown(day)} if day else gettext("no end of the leave was recorded")
        for key, day in seen
    }


def _members(actor: Actor, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    seen = selectors.members(actor).filter(pk__in=keys) if keys else []
    return {one.pk: (one.full_name, reverse("member", args=[one.pk])) for one in seen}


def _cases(actor: Actor, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    seen = selectors.cases(actor).filter(pk__in=keys) if keys else []
    return {
        one.pk: (f"{one.number} · {LIFECYCLES[one.lifecycle].label}", reverse("case", args=[one.pk])) for one in seen
    }


def _deadlines(actor: Actor, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    seen: Any = selectors.deadlines(actor).filter(pk__in=keys) if keys else []
    return {one.pk: (_deadline(one), reverse("deadline", args=[one.pk])) for one in seen}


def _deadline(one: Deadline) -> str:
    words = {"title": title(one.rule_id), "number": one.reference or f"#{one.pk}", "day": shown(one.due_on)}
    return gettext("%(title)s (%(number)s), due %(day)s") % words


def _flags(actor: Actor, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Flags that were cleared since too; each leads to its member."""
    found = list(Flag.objects.filter(pk__in=keys)) if keys else []
    people = _members(actor, [one.member_id for one in found])
    return {
        one.pk: (f"{one.number} · {Cause(one.cause).label} · {people[one.member_id][0]}", people[one.member_id][1])
        for one in found if one.member_id in people
    }  # fmt: skip


def _units(actor: Actor, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    seen = selectors.units(actor).filter(pk__in=keys) if keys else []
    return {one.pk: (one.name, reverse("unit", args=[one.pk])) for one in seen}


TOLD_BY = {"member": _members, "case": _cases, "deadline": _deadlines, "flag": _flags, "unit": _units}
"""By kind, what each thing is called and the address of its page, as far as the actor sees it."""
