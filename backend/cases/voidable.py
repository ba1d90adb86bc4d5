"""Which entries a person may void: those in sight, in the version that was looked at, recorded by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from backend.accounts.persons import is_one_of
from backend.accounts.policy import Actor, apart, require
from backend.audit.details import standing
from backend.audit.models import Event
from backend.cases.frozen import hidden
from backend.cases.judging import MEMBER_PLACES
from backend.cases.models import Case
from backend.cases.registry import levels_of, step_of
from backend.cases.selectors import subject_version
from backend.core.db import WHOLE, reaching
from backend.core.errors import NotFound, NotPermitted, Stale
from backend.deadlines.calendar import calendar
from backend.organizations.models import Unit
from workflows.catalogue import LIFECYCLES
from workflows.offices import CELL_OFFICES, VOIDED_BY, Right, holds

KINDS = ("case", "member")
RESOLVED_BELOW = gettext_noop(
    "You recorded the cell's resolution; another person must void what the committee decided on it."
)


def entitled(actor: Actor, event: UUID) -> None:
    """Whether the actor may void the event at all. Raises NotFound, NotPermitted."""
    may_void(actor, seen(actor, event))


def seen(actor: Actor, uid: UUID) -> Event:
    """The entry of a case or member that the actor can see. Raises NotFound."""
    event = Event.objects.filter(uid=uid, subject_kind__in=KINDS).first()
    if event is None or not _visible(actor, event):
        raise NotFound
    return event


def as_looked_at(event: Event, expected: int | None) -> None:
    """Whether the case or member of an event stands in the version that was looked at. Raises Stale.

    Whoever is faster after this is found under the locks: what they did was built on the event.
    """
    with reaching(places([event])):
        current = subject_version(event)
    if expected is not None and current is not None and expected != current:
        raise Stale(current)


def may_void(actor: Actor, event: Event) -> None:
    """The right to void, at a level that could have recorded it: a cell does not void what a committee decided."""
    calendar()  # with it comes who decides in this installation
    step = step_of(event.lifecycle, event.step)
    right = VOIDED_BY.get(step.by, Right.VOID) if step else Right.VOID
    require(actor, right, event.unit_path, levels_of(step, event.on_date) if step else ())
    second_person(actor, Event.objects.filter(pk=event.pk))
    if step is not None and event.office not in CELL_OFFICES:
        _two_bodies(actor, event, step.apart_from)
    apart(actor, event.member_id)


def second_person(actor: Actor, events: QuerySet[Event]) -> None:
    """Nobody voids their own entry. The operator is no person of the log: only a name that the system gave."""
    if actor.is_person and is_one_of(actor, events.order_by().values_list("user_id", flat=True).distinct()):
        raise NotPermitted(gettext_noop("A second person must void it, not the one who recorded it."))


def _two_bodies(actor: Actor, event: Event, resolving: Sequence[str]) -> None:
    """What was decided above on a cell's resolution is not voided by whoever recorded that one, either."""
    before = Event.objects.filter(
        case_id=event.case_id, subject_kind="case", step__in=resolving, pk__lt=event.pk, voids=None
    )
    resolved = standing(before).order_by("pk").last() if resolving and event.subject_kind == "case" else None
    if actor.is_person and resolved is not None and is_one_of(actor, [resolved.user_id]):
        raise NotPermitted(RESOLVED_BELOW)


def places(events: Sequence[Event]) -> set[str]:
    """Where the events, their cases and their members stood: the other unit may be out of sight where a step was taken."""
    cases = {one.subject_id for one in events if one.subject_kind == "case" and LIFECYCLES[one.lifecycle].there}
    units = {
        one.facts.get("was", {}).get(name) for one in events if one.subject_kind == "member" for name in MEMBER_PLACES
    }
    stand = {one.unit_path for one in events}
    if cases or units - {None}:
        with reaching([WHOLE]):
            stand |= set(Case.objects.filter(pk__in=cases).values_list("unit_path", flat=True))
            stand |= set(Unit.objects.filter(pk__in=units - {None}).values_list("path", flat=True))
    return stand


def _visible(actor: Actor, event: Event) -> bool:
    """As its subject is: in scope (of a helper, about the one member), of a lifecycle that the office may read, and in no
    frozen file that is shut to it."""
    if actor.is_person and not holds(actor.office, LIFECYCLES[event.lifecycle].read):
        return False
    if event.subject_kind == "case" and hidden(actor).filter(pk=event.subject_id).exists():
        return False
    return event.member_id == actor.member_id if actor.member_id is not None else actor.sees(event.unit_path)
