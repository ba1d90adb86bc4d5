"""A page looks through all offices that a person holds: those that open it, and the first of them that may do a thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from backend.accounts.acting import actor_for, held_by
from backend.accounts.door_kinds import Door
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.core import clock
from backend.core.db import scoped
from backend.core.errors import NotFound, NotPermitted
from backend.organizations.models import Unit
from backend.web.forms import UnitField
from workflows.offices import Office

T = TypeVar("T")
OFFERED = 100
"""Of so many units at most the codes are offered: a longer list is none to choose from."""


def actors_of(user: Any, opened: Door) -> list[Actor]:
    """The person in each office to which the door is open. Raises Http404 where it is open to none."""
    with transaction.atomic():
        today = clock.today()
        found = [actor_for(user, one.pk, today) for one in held_by(user, today) if opened.lets(Office(one.office))]
    if not found:
        raise Http404
    return found


def first_of(actors: Sequence[Actor], act: Callable[[Actor], T], otherwise: Exception) -> T:
    """What the first of them does who reaches it. Raises `otherwise` where none does."""
    for actor in actors:
        try:
            return act(actor)
        except (NotFound, NotPermitted):
            continue
    raise otherwise


def offer_units(form: forms.Form, name: str, actor: Actor) -> None:
    """The units that the office sees, to choose from in a field of their codes; read once the form is drawn, in its scope."""
    cast("UnitField", form.fields[name]).offered = partial(_in_sight, actor)


def _in_sight(actor: Actor) -> list[tuple[str, str]]:
    found = _codes(selectors.units(actor))
    return found if len(found) <= OFFERED else []


def _codes(units: QuerySet[Unit]) -> list[tuple[str, str]]:
    """Of the open ones, in the order of the tree; one more than are offered."""
    return list(units.filter(closed_on=None).order_by("path").values_list("code", "name")[: OFFERED + 1])


def units_in_reach(actors: Iterable[Actor]) -> list[tuple[str, str]]:
    """Code and name of the open units in sight of these offices, in the order of the tree; none where there are too many."""
    found: dict[str, str] = {}
    for actor in actors:
        with scoped(actor.path):
            found |= dict(_codes(Unit.objects.filter(path__gte=actor.path, path__lt=f"{actor.path}~")))
    return list(found.items()) if len(found) <= OFFERED else []
