"""Taking back the units that an import made, and the names it gave: as known now they never stood so.

A unit taken back has no code (another may have it), as a member whose entry was voided has no standing; its row and its
events stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_noop

from backend.audit.codes import EventCode, SubjectKind
from backend.audit.details import standing, with_details
from backend.audit.models import Event
from backend.audit.record import Who, record
from backend.core import clock
from backend.core.errors import CannotVoid, Refused
from backend.organizations import dependants
from backend.organizations.models import Unit, UnitSpell
from backend.organizations.tree import HAS_UNITS, entry_of
from workflows.answers import Phrase, Refusal

HERE = gettext_noop("%(unit)s (%(code)s): %(reason)s")


def made_by(batch: UUID) -> list[int]:
    """Ids of the units that an import made."""
    made = Event.objects.filter(batch=batch, subject_kind=SubjectKind.UNIT, code=EventCode.UNIT_IMPORTED)
    return list(made.values_list("subject_id", flat=True))


def withdraw(who: Who, unit_ids: Collection[int], batch: UUID) -> int:
    """Take units back, inside the caller's scoped transaction; how many.

    Raises Refused with everything that still stands there, of all units at once: units of others below them, and what
    the rooms above keep (`dependants`).
    """
    units = list(Unit.objects.select_for_update(no_key=True).filter(pk__in=unit_ids).order_by("pk"))
    wrong = [_here(unit, reason) for unit in units for reason in _reasons_to_stay(unit, unit_ids)]
    if wrong:
        raise Refused(wrong)
    day, entries = clock.today(), []
    for unit in units:
        facts = {"code": unit.code, "level": unit.level, "parent": unit.parent_id}
        unit.code, unit.closed_on, unit.version = "", day, unit.version + 1
        entries.append(replace(entry_of(who, unit, EventCode.UNIT_WITHDRAWN, day, facts), batch=batch))
    Unit.objects.bulk_update(units, ["code", "closed_on", "version"], batch_size=1_000)
    UnitSpell.objects.filter(unit__in=units).delete()
    record(entries)
    return len(units)


def name_back(who: Who, batch: UUID) -> int:
    """Give units the names back that an import changed, inside the caller's scoped transaction; how many.

    Raises CannotVoid with later changes of the same names. A unit that was taken back since has no name to get.
    """
    given = list(with_details(standing(Event.objects.filter(batch=batch, code=EventCode.UNIT_RENAMED))).order_by("id"))
    _refuse_if_named_since(given, batch)
    units = Unit.objects.select_for_update(no_key=True).exclude(code="").in_bulk([one.subject_id for one in given])
    entries = []
    for event in given:
        unit = units.get(event.subject_id)
        if unit is None or "was" not in event.written:
            continue
        unit.name, unit.version = event.written["was"], unit.version + 1
        unit.save(update_fields=["name", "version"])
        _history_back(unit, event.on_date)
        entry = entry_of(who, unit, EventCode.UNIT_RENAMED, clock.today(), {"code": unit.code})
        entries.append(replace(entry, batch=batch, voids=event.uid))
    record(entries)
    return len(entries)


def _refuse_if_named_since(given: Sequence[Event], batch: UUID) -> None:
    version = {one.subject_id: one.version for one in given}
    later = standing(Event.objects.filter(code=EventCode.UNIT_RENAMED, subject_id__in=version).exclude(batch=batch))
    found = later.order_by("id").values_list("uid", "subject_id", "version")
    if since := [uid for uid, key, number in found if number > version[key]]:
        raise CannotVoid(gettext_noop("Later entries were built on this one; void them first."), since)


def _history_back(unit: Unit, since: date) -> None:
    """What stood under the new name stands under the old one; where only the name had changed there, as one stretch."""
    stretches = list(UnitSpell.objects.filter(unit=unit).order_by("valid"))
    places = [place for place, one in enumerate(stretches) if one.valid.lower == since]
    for one in stretches[places[0] :] if places else []:
        one.name = unit.name
        one.save(update_fields=["name"])
    if places and places[0] > 0:
        _join(*stretches[places[0] - 1 : places[0] + 1])


def _join(before: UnitSpell, after: UnitSpell) -> None:
    alike = all(getattr(before, name) == getattr(after, name) for name in ("name", "level", "parent_id", "path_then"))
    if alike and before.valid.upper == after.valid.lower:
        after.delete()
        before.valid = DateRange(before.valid.lower, after.valid.upper)
        before.save(update_fields=["valid"])


def _reasons_to_stay(unit: Unit, together: Collection[int]) -> list[Refusal]:
    below = Unit.objects.filter(parent=unit, closed_on=None).exclude(pk__in=together)
    return [*([HAS_UNITS] if below.exists() else []), *dependants.reasons_to_stay(unit.pk, clock.today())]


def _here(unit: Unit, reason: Refusal) -> Refusal:
    """The reason with the unit it is about; its advice as it is."""
    params = {"unit": unit.name, "code": unit.code, "reason": Phrase(reason.message, reason.params)}
    return replace(reason, message=HERE, params=params)
