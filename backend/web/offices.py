"""A page looks through all offices that a person holds: those that open it, and the first of them that may do a thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.http import Http404

from backend.accounts.acting import actor_for, held_by
from backend.accounts.door_kinds import Door
from backend.accounts.policy import Actor
from backend.core import clock
from backend.core.errors import NotFound, NotPermitted
from workflows.offices import Office

T = TypeVar("T")


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
