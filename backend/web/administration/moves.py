"""Which open deadlines a change would move, from when to when, before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext

from backend.accounts.policy import Actor
from backend.core import clock
from backend.deadlines.recompute import Move
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from backend.web.naming import named_case
from workflows.answers import shown

MOVES = 200
"""Moves that are shown; all are counted."""


def told(actor: Actor, found: Sequence[Move]) -> dict[str, Any]:
    """For a template: how many deadlines get another day, how many are only reminded otherwise, and the first of them."""
    days = [one for one in found if one.moves_the_day]
    others = [one for one in found if not one.moves_the_day]
    first = [*days, *others][:MOVES]
    units = Unit.objects.in_bulk({one.deadline.unit_id for one in first})
    lines = [
        (title(one.deadline.rule_id), _number(actor, one, units.get(one.deadline.unit_id)), *_from_to(one))
        for one in first
    ]
    return {"previewed": True, "count": len(days), "reminded": len(others), "moves": lines}


def _number(actor: Actor, one: Move, unit: Unit | None) -> str:
    return named_case(actor, one.deadline.reference or f"#{one.deadline.pk}", unit)


def _from_to(one: Move) -> tuple[str, str]:
    """The legal days; where they are the same, when the deadline is spoken of next."""
    if one.moves_the_day:
        return shown(one.due_before), shown(one.due_after)
    return _next(one.next_before), _next(one.next_after)


def _next(day: date | None) -> str:
    """A reminder whose day went by is said today."""
    if day is None:
        return gettext("nothing more will be said")
    return gettext("next reminder on %(day)s") % {"day": shown(max(day, clock.today()))}
