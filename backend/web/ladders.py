"""Who is told when: the ladder of each kind of deadline that holds for a unit, in plain words, and whose choice it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from backend.accounts.doors import door
from backend.alerts.ledger import Origin
from backend.alerts.telling import ladder_told
from backend.cases import selectors
from backend.deadlines.titles import TITLES
from backend.organizations.laddering import Standing, standing
from backend.organizations.models import Unit
from backend.organizations.settings import packs_on
from backend.web.acting import Acting, in_office
from workflows import law
from workflows.ladders import pack_of
from workflows.ladders.choosing import ladder_title
from workflows.ladders.words import rung_in_words
from workflows.offices import TOLD, Level, Right, holds


@dataclass(frozen=True)
class Kind:
    """A kind of deadline; `quiet`: its rule is not settled, and no level above is told."""

    rule: str
    title: str
    quiet: bool


@dataclass(frozen=True)
class Group:
    """The kinds of deadlines that one ladder reminds of, by one choice."""

    name: str
    origin: str
    rungs: list[str]
    kinds: list[Kind] = field(default_factory=list)


@require_safe
@in_office
def ladders(request: Acting, unit_id: int) -> HttpResponse:
    """As for what is due today; 404 for a unit that the office does not see."""
    actor = request.actor
    unit = get_object_or_404(selectors.units(actor), pk=unit_id)
    packs = packs_on([(unit.pk, request.today)])[unit.pk, request.today]
    rehearsal = door("rehearsal/", "GET")
    words: dict[str, Any] = {
        "unit": unit, "groups": grouped(standing(unit, sorted(TITLES), request.today, packs), request),
        "told": [(level.label, [str(one.label) for one in TOLD[level]]) for level in (Level.CELL, Level.BASE)],
        "rehearses": rehearsal is not None and rehearsal.lets(actor.office),
        "changes": holds(actor.office, Right.ADMINISTER) and unit.closed_on is None,
    }  # fmt: skip
    return render(request, "web/ladders.html", words)


def grouped(found: Iterable[Standing], request: Acting) -> list[Group]:
    """By ladder and choice; first those that climb for some kind, and of these those with the most kinds."""
    held = list(found)
    units = Unit.objects.in_bulk({one.unit_id for one in held if one.unit_id})
    groups: dict[tuple[Any, ...], Group] = {}
    for one in held:
        key = (one.ladder.name, one.settled and (one.settled.since, one.settled.until), one.unit_id)
        group = groups.setdefault(key, Group(
            str(ladder_title(one.ladder.name)), ladder_told(origin_of(one, units)), rungs_of(one)
        ))  # fmt: skip
        group.kinds.append(Kind(one.rule, str(TITLES[one.rule]), law.rule(one.rule, request.today).unsettled))
    return sorted(groups.values(), key=lambda group: (all(kind.quiet for kind in group.kinds), -len(group.kinds)))


def origin_of(one: Standing, units: dict[int, Unit]) -> Origin:
    """Whose choice it is."""
    if one.settled is None:
        return Origin(one.ladder.name, pack=pack_of(one.ladder.name))
    settled = one.settled
    return Origin(one.ladder.name, units.get(one.unit_id), settled.since, settled.until, settled.version)


def rungs_of(one: Standing) -> list[str]:
    """Its rungs in words."""
    return [str(rung_in_words(rung)) for rung in one.ladder.rungs]
