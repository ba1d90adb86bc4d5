"""Units open, move and close on a day; as of an earlier day they are still found as they stood.

Rights are judged by the caller (`accounts.administration`); each change is one event of the unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from backend.audit.codes import EventCode
from backend.audit.record import Entry, Who, record
from backend.core.clock import now, today
from backend.core.errors import Refused, Unchanged
from backend.organizations import dependants
from backend.organizations.models import Unit, UnitSpell
from workflows.answers import Refusal
from workflows.guards.days import not_yet
from workflows.offices import LADDER, Level
from workflows.units import CODE

BELOW_ITSELF = Refusal("unit.below_itself", gettext_noop("A unit cannot stand below itself."), fact="parent")
WRONG_LEVEL = Refusal("unit.wrong_level", gettext_noop("A unit stands below one of a higher level."), fact="parent")
CLOSED = Refusal("unit.closed", gettext_noop("This unit is closed."), fact="unit")
HAS_UNITS = Refusal(
    "unit.has_units", gettext_noop("Units stand below this one; move or close them first."), fact="unit"
)
BEFORE_OPENED = Refusal(
    "unit.before_last_change", gettext_noop("The day lies before the unit's last change."), fact="on"
)
BAD_CODE = Refusal(
    "unit.bad_code", gettext_noop("A unit's code looks like 87.107.000.000.001 or shorter."), fact="code"
)
NO_NAME = Refusal("unit.no_name", gettext_noop("A unit has a name of at most 200 characters."), fact="name")
CODE_TAKEN = Refusal("unit.code_taken", gettext_noop("Another unit has this code."), fact="code")


@dataclass(frozen=True)
class Why:
    """What a change of the tree was part of: facts for the line of its event, and words that stand behind it."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)


BY_ITSELF = Why()


def open_unit(
    who: Who, *, code: str, name: str, level: Level, parent: Unit | None, on: date, why: Why = BY_ITSELF
) -> Unit:
    """A new unit from a day on.

    Raises Unchanged where it stands like this already, Refused for a bad or taken code, a parent of the same or a
    lower level, a closed parent, a day ahead.
    """
    name = " ".join(name.split())
    known = Unit.objects.filter(code=code).first()
    unit = Unit(code=code, name=name, level=level, parent=parent, opened_on=on)
    if known is not None:
        raise Unchanged if _is_same(known, unit) else Refused([CODE_TAKEN])
    _refuse(_faults(unit, on))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organizations_unit', 'id'))")
        unit.pk = cursor.fetchone()[0]
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(force_insert=True)
    _turn(unit, on, first=True)
    facts = {"code": code, "level": str(level), "parent": unit.parent_id}
    log(who, unit, EventCode.UNIT_OPENED, on, {**facts, **why.facts}, why.words)
    return unit


def move_unit(who: Who, unit_id: int, parent_id: int, *, on: date, why: Why = BY_ITSELF) -> Unit:
    """Put a unit with all that is below it under another one; every row's path follows in this transaction.

    Raises Unchanged where it stands there already, Refused (below itself, wrong level, closed, before the last
    change, a day ahead). The database refuses a move that leaves the transaction's scope.
    """
    unit, parent = locked(unit_id), locked(parent_id)
    if unit.parent_id == parent.pk:
        raise Unchanged
    below_itself = [BELOW_ITSELF] if parent.path.startswith(unit.path) else []
    _refuse([*below_itself, *_faults_of_parent(Level(unit.level), parent), *_ahead(on)])
    was, becomes = unit.path, f"{parent.path}{unit.pk}/"
    with connection.cursor() as cursor:
        cursor.execute("SELECT chibo_move_paths(%s, %s)", [was, becomes])
    old = unit.parent_id
    unit.path, unit.parent, unit.version = becomes, parent, unit.version + 1
    unit.save(update_fields=["parent", "version"])
    for below in Unit.objects.filter(path__gte=becomes, path__lt=f"{becomes}~", closed_on=None).order_by("path"):
        _turn(below, on)
    dependants.moved(was, becomes)
    log(who, unit, EventCode.UNIT_MOVED, on, {"from": old, "to": parent.pk, **why.facts}, why.words)
    return unit


def close_unit(who: Who, unit_id: int, *, on: date, why: Why = BY_ITSELF) -> Unit:
    """A unit ceases on a day: from it on the unit no longer is.

    Raises Unchanged where it was closed on that day, Refused with everything that still stands there (units below,
    and what the rooms above keep: `dependants`), or for another closing day, a day ahead.
    """
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
    if unit.closed_on is not None:
        raise Unchanged if unit.closed_on == on else Refused([CLOSED])
    below = [HAS_UNITS] if Unit.objects.filter(parent=unit, closed_on=None).exists() else []
    _refuse([*below, *dependants.reasons_to_stay(unit.pk, on), *_ahead(on)])
    unit.closed_on, unit.version = on, unit.version + 1
    unit.save(update_fields=["closed_on", "version"])
    _end(unit, on)
    dependants.closed(unit.pk, on, log(who, unit, EventCode.UNIT_CLOSED, on, dict(why.facts), why.words))
    return unit


def as_of(day: date) -> QuerySet[UnitSpell]:
    """The tree as it stood on a day, as known now: one row for each unit that existed."""
    return UnitSpell.objects.filter(valid__contains=day).order_by("path_then")


def locked(unit_id: int) -> Unit:
    """The unit, locked for whoever changes it. Raises Refused for a closed one, Unit.DoesNotExist for none."""
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
    if unit.closed_on is not None:
        raise Refused([CLOSED])
    return unit


def _is_same(known: Unit, asked: Unit) -> bool:
    names = ("name", "level", "parent_id", "opened_on", "closed_on")
    return all(getattr(known, name) == getattr(asked, name) for name in names)


def _faults(unit: Unit, on: date) -> list[Refusal]:
    wrong = [] if CODE.fullmatch(unit.code) else [BAD_CODE]
    wrong += [] if 0 < len(unit.name) <= 200 else [NO_NAME]
    return [*wrong, *(_faults_of_parent(Level(unit.level), unit.parent) if unit.parent else []), *_ahead(on)]


def _faults_of_parent(level: Level, parent: Unit) -> list[Refusal]:
    wrong = [CLOSED] if parent.closed_on is not None else []
    return wrong + ([WRONG_LEVEL] if LADDER.index(Level(parent.level)) <= LADDER.index(level) else [])


def _ahead(on: date) -> list[Refusal]:
    ahead = not_yet(on, today())
    return [replace(ahead, fact="on")] if ahead is not None else []


def _refuse(wrong: Sequence[Refusal]) -> None:
    if wrong:
        raise Refused(wrong)


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


def log(
    who: Who, unit: Unit, code: EventCode, on: date, facts: dict[str, Any], words: Mapping[str, Any] | None = None
) -> UUID:
    """Record the change that gave the unit its present version, with words behind it; the uid of its event."""
    entry = entry_of(who, unit, code, on, facts)
    record([replace(entry, detail={**entry.detail, **(words or {})})])
    return entry.uid


def entry_of(who: Who, unit: Unit, code: EventCode, on: date, facts: dict[str, Any]) -> Entry:
    """The event of such a change; the name goes to its detail."""
    return Entry(
        code=code, subject_kind="unit", subject_id=unit.pk, version=unit.version, who=who, on=on, unit_id=unit.pk,
        unit_path=unit.path, facts=facts, detail={"name": unit.name},
    )  # fmt: skip
