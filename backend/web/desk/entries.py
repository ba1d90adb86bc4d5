"""Entries of the log in words: what a list shows of each, and what is to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from backend.accounts.policy import Actor
from backend.audit.codes import label_of
from backend.audit.models import Event
from backend.cases.models import Case
from backend.desk.asking import kept_late
from backend.organizations.models import Unit
from backend.web.naming import named_unit, own_name
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office


@dataclass(frozen=True)
class Line:
    """One entry. `marks` say in words what is to be looked at."""

    uid: UUID
    label: str
    page: str
    on: date
    recorded_at: datetime
    unit: str
    who: str
    marks: list[str]
    case_id: int | None
    number: str
    member_id: int | None


def lines(actor: Actor, found: Sequence[Event]) -> list[Line]:
    """Entries read with their details and voids, in the language of the page; three queries, whatever their number."""
    late = kept_late(actor, [one.uid for one in found])
    named = {key for one in found for key in (one.unit_id, one.office_unit_id) if key}
    units = Unit.objects.in_bulk(named)
    numbers = dict(
        Case.objects.filter(pk__in={one.case_id for one in found if one.case_id}).values_list("pk", "number")
    )
    return [_line(one, units, numbers, after_deadline=one.uid in late) for one in found]


def _line(one: Event, units: dict[int, Unit], numbers: dict[int, str], *, after_deadline: bool) -> Line:
    page = LIFECYCLES.get(one.lifecycle)
    return Line(
        one.uid, str(label_of(one.code)), str(page.label) if page else "", one.on_date, one.recorded_at,
        named_unit(units.get(one.unit_id)), done_by(one, units), list(marks(one, after_deadline=after_deadline)), one.case_id,
        numbers.get(one.case_id or 0, ""), one.member_id,
    )  # fmt: skip


def done_by(one: Event, units: dict[int, Unit]) -> str:
    """The office with its unit, and the person while the name is kept; of what no person did, that alone."""
    office = str(Office(one.office).label) if one.office else gettext("The owner of the account")
    place = units.get(one.office_unit_id or 0)
    who = own_name((one.told or {}).get("who", ""))
    return ", ".join(part for part in (office, place.name if place else "", who) if part)


def marks(one: Event, *, after_deadline: bool) -> list[str]:
    """What stands out, said in words."""
    found = []
    if one.days_late > 0:
        one_day, more = gettext("Recorded a day after it happened"), gettext("Recorded %(days)s days after it happened")
        found.append(one_day if one.days_late == 1 else more % {"days": one.days_late})
    if after_deadline:
        found.append(gettext("After its deadline"))
    if one.voided_by:
        found.append(gettext("Voided since"))
    if one.voids:
        found.append(gettext("Voids another entry"))
    if one.unconfirmed:
        found.append(gettext("Under law that is not confirmed"))
    if one.erased:
        found.append(gettext("What stood behind it was erased"))
    return found
