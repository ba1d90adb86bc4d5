"""The page of a unit: where it stands, what is below it and how many people, who holds its offices, what can be begun there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from backend.accounts.acting import held
from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.cases.listing import headcounts
from backend.cases.options import NOT_PERMITTED, Option, unit_options
from backend.cases.reorganising import may_reorganise
from backend.core import keyset
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.refusing import Said, said_with_basis
from backend.web.shut import shut
from workflows.catalogue import LIFECYCLES
from workflows.offices import SUBTREE_OFFICES, Level, Office, Right, holds

PAGE, COUNTED = 50, 2_000
"""Units below on one page, and as far as people are counted there."""

NEVER_HERE = frozenset({"unit.not_a_cell", "engine.through_case"})
"""Refusals of what is never begun at such a unit, or only by a case: the page is silent about it."""


@dataclass(frozen=True)
class Below:
    """A unit below, and how many people are on its lists; `many`: at least so many."""

    unit: Unit
    level: str
    people: int | None
    many: bool


@dataclass(frozen=True)
class Seat:
    """An office of the unit and who holds it today; no name where the account is out of sight."""

    office: str
    name: str


@dataclass(frozen=True)
class Beginning:
    """What can be begun about the unit, and its form."""

    label: str
    address: str
    cautions: list[Said]


@require_safe
@in_office
def unit(request: Acting, unit_id: int) -> HttpResponse:
    """404 for a unit that the office does not see."""
    actor = request.actor
    row = selectors.units(actor).filter(pk=unit_id).select_related("parent").first()
    if row is None:
        raise Http404
    children = selectors.units(actor).filter(parent_id=row.pk, closed_on=None)
    try:
        below, following = keyset.page(children, ("path",), request.GET.get("cursor", ""), PAGE)
    except keyset.BadCursor as error:
        raise Http404 from error
    reads = holds(actor.office, Right.READ)
    counts = headcounts([row, *below], COUNTED) if reads and actor.office in SUBTREE_OFFICES else {}
    ways = _options(actor, row, request.today) if reads else []
    words: dict[str, Any] = {
        "unit": row, "level": Level(row.level).label, "above": _above(actor, row), "next": following,
        "below": [_below(one, counts) for one in below], "people": counts.get(row.pk), "counted": COUNTED,
        "seats": _seats(row, request.today), "reads": reads, "into": _into(actor, row),
        "reorganises": row.closed_on is None and may_reorganise(actor, row), "cell": row.level == Level.CELL,
        "beginnings": [_way(row, one, request.today) for one in ways if one.allowed],
        "shut": shut((_label(one), said_with_basis(one.refusals, request.today)) for one in ways if not one.allowed),
    }  # fmt: skip
    return render(request, "web/unit.html", words)


def _into(actor: Actor, row: Unit) -> Unit | None:
    """What the unit became part of, or is becoming part of, where that is in sight."""
    return selectors.units(actor).filter(pk=row.merges_into_id).first() if row.merges_into_id else None


def _options(actor: Actor, row: Unit, today: date) -> list[Option]:
    """What this office may begin here; nothing at a unit that is closed."""
    if row.closed_on is not None:
        return []
    found = [one for one in unit_options(actor, row.pk, today) if NOT_PERMITTED not in one.refusals]
    return [one for one in found if NEVER_HERE.isdisjoint(answer.code for answer in one.refusals)]


def _above(actor: Actor, row: Unit) -> list[Unit]:
    """The units above in sight, the highest first."""
    keys = [int(key) for key in row.path.strip("/").split("/")[:-1]]
    found = {one.pk: one for one in selectors.units(actor).filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _below(one: Unit, counts: dict[int, int]) -> Below:
    count = counts.get(one.pk)
    return Below(one, str(Level(one.level).label), count, count is not None and count > COUNTED)


def _seats(row: Unit, today: date) -> list[Seat]:
    places = list(Office)
    found = Assignment.objects.filter(held(today), unit=row, member_id=None).select_related("user")
    seats = sorted(found, key=lambda one: (places.index(Office(one.office)), one.pk))
    return [Seat(str(Office(one.office).label), one.user.full_name) for one in seats]


def _way(row: Unit, option: Option, today: date) -> Beginning:
    return Beginning(_label(option), _address(row, option), said_with_basis(option.cautions, today))


def _label(option: Option) -> str:
    step = option.step
    about = step.lifecycle == "membership"
    return str(step.label) if about else f"{LIFECYCLES[step.lifecycle].label}: {step.label}"


def _address(row: Unit, option: Option) -> str:
    step = option.step
    if step.lifecycle == "membership":
        return reverse("unit-enter", kwargs={"unit_id": row.pk, "step": step.name})
    return reverse("unit-open", kwargs={"unit_id": row.pk, "key": step.lifecycle, "step": step.name})
