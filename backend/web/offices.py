"""A page looks through all offices that a person holds: those that open it, and the first of them that may do a thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django import forms
from django.db import transaction
from django.http import Http404

from backend.accounts.acting import actor_for, held_by
from backend.accounts.door_kinds import Door
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.core import clock
from backend.core.db import scoped
from backend.core.errors import NotFound, NotPermitted
from backend.organizations.models import Unit
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


def codes_in_sight(actor: Actor) -> Callable[[], list[tuple[str, str]]]:
    """Gives code and name of the open units that the office sees, as `units_in_reach`; inside its scope, when it is asked."""

    def found() -> list[tuple[str, str]]:
        rows = selectors.units(actor).filter(closed_on=None).order_by("path").values_list("code", "name")
        known = list(rows[: OFFERED + 1])
        return known if len(known) <= OFFERED else []

    return found


def offer_units(form: forms.Form, name: str, actor: Actor) -> None:
    """The units that the office sees, to choose from in a field of their codes."""
    form.fields[name].offered = codes_in_sight(actor)  # type: ignore[attr-defined]  # a UnitField


def units_in_reach(actors: Iterable[Actor]) -> list[tuple[str, str]]:
    """Code and name of the open units in sight of these offices, in the order of the tree; none where there are too many."""
    found: dict[str, str] = {}
    for actor in actors:
        with scoped(actor.path):
            mine = Unit.objects.filter(path__gte=actor.path, path__lt=f"{actor.path}~", closed_on=None).order_by("path")
            found |= dict(mine.values_list("code", "name")[: OFFERED + 1])
    return list(found.items()) if len(found) <= OFFERED else []
