"""Days off and days worked as they were announced, entered and withdrawn by an office that may, each with its source."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor, require
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.errors import NotPermitted, Refused, Unchanged
from backend.deadlines.models import CalendarDay
from backend.organizations.models import Unit
from workflows.answers import Refusal
from workflows.offices import Right

NO_SOURCE = Refusal(
    "calendar.no_source",
    gettext_noop("A day of the calendar needs its name and the paper that announced it."),
    remedy=gettext_noop("Give the name people use, and number, issuer and date of the announcement."),
    fact="basis",
)
NOT_ENTERED = Refusal(
    "calendar.not_entered",
    gettext_noop("No such day has been entered; what the country's calendar knows by itself is not withdrawn."),
    remedy=gettext_noop("Enter the day as it was announced: off, or worked."),
    fact="day",
)


def names_a_paper(said: str) -> bool:
    """Whether somebody can look the paper up: words or signs of who issued it, and a number or a date."""
    return any(one.isalpha() for one in said) and any(one.isdigit() for one in said)


def set_day(actor: Actor, day: date, *, off: bool, name: str, basis: str) -> CalendarDay:
    """Enter a day, or enter it anew. Must run inside a transaction; deadlines move after it by `follow_calendar`.

    Raises NotPermitted, Unchanged, Refused.
    """
    may_rule(actor)
    values = {"off": off, "name": " ".join(name.split()), "basis": " ".join(basis.split())}
    if not values["name"] or not names_a_paper(basis):
        raise Refused([NO_SOURCE])
    # A row that is not there yet cannot be locked: whoever is the second to make it waits here.
    CalendarDay.objects.bulk_create([CalendarDay(day=day, version=0, **values)], ignore_conflicts=True)
    row = CalendarDay.objects.select_for_update().get(day=day)
    if row.version and not row.withdrawn and values == {name: getattr(row, name) for name in values}:
        raise Unchanged
    for field, value in values.items():
        setattr(row, field, value)
    row.withdrawn, row.followed, row.version = False, False, row.version + 1
    row.save()
    _log(actor, row, EventCode.CALENDAR_DAY_SET)
    return row


def withdraw_day(actor: Actor, day: date, *, basis: str) -> CalendarDay:
    """The day is again what the country's calendar says. Must run inside a transaction. Raises as `set_day`."""
    may_rule(actor)
    if not names_a_paper(basis):
        raise Refused([NO_SOURCE])
    row = CalendarDay.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise Refused([NOT_ENTERED])
    if row.withdrawn:
        raise Unchanged
    row.withdrawn, row.followed, row.basis = True, False, " ".join(basis.split())
    row.version += 1
    row.save()
    _log(actor, row, EventCode.CALENDAR_DAY_WITHDRAWN)
    return row


def may_rule(actor: Actor) -> None:
    """What holds for the whole installation is settled at its top: an administrator of a unit with none above it.

    Raises NotPermitted.
    """
    top = Unit.objects.filter(pk=actor.unit_id or 0, parent=None).values_list("path", flat=True).first()
    require(actor, Right.ADMINISTER, top or "/")


def rules_here(actor: Actor) -> bool:
    """Whether the actor may settle it (`may_rule`)."""
    try:
        may_rule(actor)
    except NotPermitted:
        return False
    return True


def _log(actor: Actor, row: CalendarDay, code: EventCode) -> None:
    record([
        Entry(
            code=code, subject_kind=SubjectKind.CALENDAR, subject_id=row.pk, version=row.version, who=actor.who(),
            on=clock.today(), unit_id=actor.unit_id or 0, unit_path=actor.path,
            facts={"day": row.day.isoformat(), "off": row.off}, detail={"name": row.name, "basis": row.basis},
        )
    ])  # fmt: skip
