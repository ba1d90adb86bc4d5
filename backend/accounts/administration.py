"""Opening, moving and closing units, by an office that may (Right.ADMINISTER), each in a transaction of its own."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from backend.accounts.policy import Actor, require
from backend.core.db import scope
from backend.core.errors import NotFound
from backend.core.nudge import nudge
from backend.organizations import tree
from backend.organizations.models import Unit
from workflows.offices import Level, Right


def visible_units(actor: Actor) -> list[Unit]:
    """Open units in the actor's scope, in the order of the tree. Must run inside a transaction scoped to the actor."""
    return list(Unit.objects.filter(path__gte=actor.path, path__lt=f"{actor.path}~", closed_on=None).order_by("path"))


def open_unit(actor: Actor, *, code: str, name: str, level: Level, parent_id: int, on: date) -> Unit:
    """Raises NotFound, NotPermitted, Refused."""
    with transaction.atomic(durable=True):
        scope(actor.path)
        parent = _in_reach(actor, parent_id)
        unit = tree.open_unit(actor.who(), code=code, name=name, level=level, parent=parent, on=on)
    nudge("jobs.seal")
    return unit


def move_unit(actor: Actor, unit_id: int, parent_id: int, *, on: date) -> Unit:
    """Raises NotFound, NotPermitted, Refused; both places must lie in the actor's reach."""
    with transaction.atomic(durable=True):
        scope(actor.path)
        _in_reach(actor, unit_id)
        _in_reach(actor, parent_id)
        unit = tree.move_unit(actor.who(), unit_id, parent_id, on=on)
    nudge("jobs.seal")
    return unit


def close_unit(actor: Actor, unit_id: int, *, on: date) -> Unit:
    """Raises NotFound, NotPermitted, Refused."""
    with transaction.atomic(durable=True):
        scope(actor.path)
        _in_reach(actor, unit_id)
        unit = tree.close_unit(actor.who(), unit_id, on=on)
    nudge("jobs.seal")
    return unit


def _in_reach(actor: Actor, unit_id: int) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not actor.sees(unit.path):
        raise NotFound("There is no such unit here.")
    require(actor, Right.ADMINISTER, unit.path)
    return unit
