"""Erasing what stands behind lines of the log, by the owner of the database alone; each erasure is an event.

The line stays, with a commitment that says nothing without the salt. A detail goes whole (docs/log.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event, EventDetail, HealthDetail
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.core.errors import NotFound, Unchanged
from backend.core.nudge import nudge

NO_MEMBER = gettext_noop("The log knows no member with this number.")
_OF_MEMBERS: dict[str, Callable[[Who, str, int], Sequence[Entry]]] = {}
_OF_EVENTS: dict[str, Callable[[Who, str, Collection[UUID]], Sequence[Entry]]] = {}


def erases_of_members(name: str, erase: Callable[[Who, str, int], Sequence[Entry]]) -> None:
    """A room above keeps details of its own of members (`AppConfig.ready` says so): it erases them, an entry for each."""
    _OF_MEMBERS[name] = erase


def erases_of_events(name: str, erase: Callable[[Who, str, Collection[UUID]], Sequence[Entry]]) -> None:
    """The same of what a room above keeps beside events."""
    _OF_EVENTS[name] = erase


def erase(who: Who, reason: str, *, event: UUID | None = None, member_id: int | None = None) -> int:
    """Erase the detail of an event, or of all events about a member; how many.

    For each a `detail.erased` that names the event and not the member, so that the reason is never erased with the
    rest. Raises NotFound where there is no such event or member, Unchanged where nothing is left to erase.
    """
    with transaction.atomic(durable=True):
        scope(WHOLE)
        events = Event.objects.filter(member_id=member_id) if event is None else Event.objects.filter(uid=event)
        found = {one.uid: one for one in events}
        if not found:
            raise NotFound(gettext_noop("The log has no such event.") if event else NO_MEMBER)
        details = EventDetail.objects.select_for_update().filter(event_uid__in=found)
        there = sorted((found[uid] for uid in details.values_list("event_uid", flat=True)), key=lambda one: one.pk)
        besides = [entry for one in _OF_EVENTS.values() for entry in one(who, reason, found)]
        if member_id:
            besides += [entry for one in _OF_MEMBERS.values() for entry in one(who, reason, member_id)]
        if not there and not besides:
            raise Unchanged
        details.delete()
        HealthDetail.objects.filter(event_uid__in=found).delete()
        record([*(_entry(who, one, reason) for one in there), *besides])
    nudge("jobs.seal")
    return len(there) + len(besides)


def _entry(who: Who, erased: Event, reason: str) -> Entry:
    """A detail is erased once: the version is always 1."""
    return Entry(
        code=EventCode.DETAIL_ERASED, subject_kind=SubjectKind.DETAIL, subject_id=erased.pk, version=1, who=who,
        on=clock.today(), unit_id=erased.unit_id, unit_path=erased.unit_path, facts={"event": str(erased.uid)},
        detail={"reason": reason},
    )  # fmt: skip
