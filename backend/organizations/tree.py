"""Units open, move and close on a day; as of an earlier day they are still found as they stood.

Rights are judged by the caller (`accounts.administration`); each change is one event of the unit.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from backend.audit.record import Entry, Who, record
from backend.core.clock import now
from backend.core.errors import Refused
from backend.organizations.models import Unit, UnitSpell
from workflows.answers import Refusal
from workflows.offices import LADDER, Level

BELOW_ITSELF = Refusal("unit.below_itself", gettext_noop("A unit cannot stand below itself."), fact="parent")
WRONG_LEVEL = Refusal("unit.wrong_level", gettext_noop("A unit stands below one of a higher level."), fact="parent")
CLOSED = Refusal("unit.closed", gettext_noop("This unit is closed."), fact="unit")
HAS_UNITS = Refusal(
    "unit.has_units", gettext_noop("Units stand below this one; move or close them first."), fact="unit"
)
BEFORE_OPENED = Refusal(
    "unit.before_last_change", gettext_noop("The day lies before the unit's last change."), fact="on"
)


def open_unit(who: Who, *, code: str, name: str, level: Level, parent: Unit | None, on: date, **event: Any) -> Unit:
    """A new unit from a day on. Raises Refused for a parent of the same or a lower level, or a closed one."""
    if parent is not None:
        _check_parent(level, parent)
    unit = Unit(code=code, name=name, level=level, parent=parent, opened_on=on)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organizations_unit', 'id'))")
        unit.pk = cursor.fetchone()[0]
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(force_insert=True)
    _turn(unit, on, first=True)
    _log(who, unit, "unit.opened", on, {"code": code, "level": str(level), "parent": unit.parent_id}, **event)
    return unit


def move_unit(who: Who, unit_id: int, parent_id: int, *, on: date) -> Unit:
    """Put a unit with all that is below it under another one; every row's path follows in this transaction.

    Raises Refused (below itself, wrong level, closed, before the last change). The database refuses a move that
    leaves the transaction's scope.
    """
    unit, parent = _locked(unit_id), _locked(parent_id)
    if parent.path.startswith(unit.path):
        raise Refused([BELOW_ITSELF])
    _check_parent(Level(unit.level), parent)
    was, becomes = unit.path, f"{parent.path}{unit.pk}/"
    with connection.cursor() as cursor:
        cursor.execute("SELECT chibo_move_paths(%s, %s)", [was, becomes])
    old = unit.parent_id
    unit.path, unit.parent, unit.version = becomes, parent, unit.version + 1
    unit.save(update_fields=["parent", "version"])
    for below in Unit.objects.filter(path__gte=becomes, path__lt=f"{becomes}~").order_by("path"):
        _turn(below, on)
    _log(who, unit, "unit.moved", on, {"from": old, "to": parent.pk})
    return unit


def close_unit(who: Who, unit_id: int, *, on: date) -> Unit:
    """A unit ceases on a day; its people must have gone before (the database keeps them where they were).

    Raises Refused when units that are open stand below it.
    """
    unit = _locked(unit_id)
    if Unit.objects.filter(parent=unit, closed_on=None).exists():
        raise Refused([HAS_UNITS])
    unit.closed_on, unit.version = on, unit.version + 1
    unit.save(update_fields=["closed_on", "version"])
    _end(unit, on)
    _log(who, unit, "unit.closed", on, {})
    return unit


def as_of(day: date) -> QuerySet[UnitSpell]:
    """The tree as it stood on a day, as known now: one row for each unit that existed."""
    return UnitSpell.objects.filter(valid__contains=day).order_by("path_then")


def _locked(unit_id: int) -> Unit:
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
    if unit.closed_on is not None:
        raise Refused([CLOSED])
    return unit


def _check_parent(level: Level, parent: Unit) -> None:
    if parent.closed_on is not None:
        raise Refused([CLOSED])
    if LADDER.index(Level(parent.level)) <= LADDER.index(level):
        raise Refused([WRONG_LEVEL])


def _turn(unit: Unit, on: date, *, first: bool = False) -> None:
    if not first:
        _end(unit, on)
    UnitSpell.objects.create(
        unit=unit, name=unit.name, code=unit.code, level=unit.level, parent_id=unit.parent_id, path_then=unit.path,
        unit_path=unit.path, valid=(on, None), recorded_at=now(),
    )  # fmt: skip


def _end(unit: Unit, on: date) -> None:
    """The stretch that is open now ends the day before; a second change on one day replaces the first."""
    current = UnitSpell.objects.filter(unit=unit, valid__endswith=None).first()
    if current is None:
        return
    if current.valid.lower is not None and current.valid.lower > on:
        raise Refused([BEFORE_OPENED])
    if current.valid.lower == on:
        current.delete()
        return
    current.valid = (current.valid.lower, on)
    current.save(update_fields=["valid"])


def _log(who: Who, unit: Unit, code: str, on: date, facts: dict[str, Any], **event: Any) -> None:
    entry = Entry(
        code=code, subject_kind="unit", subject_id=unit.pk, version=unit.version, who=who, on=on, unit_id=unit.pk,
        unit_path=unit.path, facts=facts, **event,
    )  # fmt: skip
    record([entry])
