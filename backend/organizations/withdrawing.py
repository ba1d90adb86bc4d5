"""Taking back the units that an import made: as known now they never stood, and their codes are free for new ones.

A unit taken back has no code, as a member whose entry was voided has no standing; its row and its events stay.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_noop

from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.audit.record import Who, record
from backend.core import clock
from backend.core.errors import Refused
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


def _reasons_to_stay(unit: Unit, together: Collection[int]) -> list[Refusal]:
    below = Unit.objects.filter(parent=unit, closed_on=None).exclude(pk__in=together)
    return [*([HAS_UNITS] if below.exists() else []), *dependants.reasons_to_stay(unit.pk, clock.today())]


def _here(unit: Unit, reason: Refusal) -> Refusal:
    """The reason with the unit it is about; its advice as it is."""
    params = {"unit": unit.name, "code": unit.code, "reason": Phrase(reason.message, reason.params)}
    return replace(reason, message=HERE, params=params)
