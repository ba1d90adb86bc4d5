"""Erasing what stands behind lines of the log, by the owner of the database alone; each erasure is an event.

The line stays, with a commitment that says nothing without the salt. A detail goes whole (docs/log.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q
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
_ALSO: dict[str, Callable[[Collection[int]], Collection[int]]] = {}
_ABOUT: dict[str, Callable[[Collection[int]], Q]] = {}
_OF_EVENTS: dict[str, Callable[[Who, str, Collection[UUID]], Sequence[Entry]]] = {}


def erases_of_members(name: str, erase: Callable[[Who, str, int], Sequence[Entry]]) -> None:
    """A room above keeps details of its own of members (`AppConfig.ready` says so): it erases them, an entry for each."""
    _OF_MEMBERS[name] = erase


def erases_of_events(name: str, erase: Callable[[Who, str, Collection[UUID]], Sequence[Entry]]) -> None:
    """The same of what a room above keeps beside events."""
    _OF_EVENTS[name] = erase


def tells_of_members(name: str, about: Callable[[Collection[int]], Q]) -> None:
    """Events of a room above are about members, though not every line of theirs names one: the filter that finds them."""
    _ABOUT[name] = about


def has_other_records(name: str, others: Callable[[Collection[int]], Collection[int]]) -> None:
    """A room above knows which further records are the same people's: those that were merged into theirs."""
    _ALSO[name] = others


def erase(who: Who, reason: str, *, event: UUID | None = None, member_id: int | None = None) -> int:
    """Erase the detail of an event, or of all events about a member and the records that were merged into it; how many.

    For each a `detail.erased` that names the event and not the member, so that the reason is never erased with the
    rest. Raises NotFound where there is no such event or member, Unchanged where nothing is left to erase.
    """
    with transaction.atomic(durable=True):
        scope(WHOLE)
        people = _records(member_id) if member_id is not None else []
        events = Event.objects.filter(_about(people) if event is None else Q(uid=event))
        found = {one.uid: one for one in events}
        if not found:
            raise NotFound(gettext_noop("The log has no such event.") if event else NO_MEMBER)
        details = EventDetail.objects.select_for_update().filter(event_uid__in=found)
        there = sorted((found[uid] for uid in details.values_list("event_uid", flat=True)), key=lambda one: one.pk)
        besides = [entry for one in _OF_EVENTS.values() for entry in one(who, reason, found)]
        besides += [entry for key in people for one in _OF_MEMBERS.values() for entry in one(who, reason, key)]
        if not there and not besides:
            raise Unchanged
        details.delete()
        HealthDetail.objects.filter(event_uid__in=found).delete()
        record([*(_entry(who, one, reason) for one in there), *besides])
    nudge("jobs.seal")
    return len(there) + len(besides)


def _records(member_id: int) -> list[int]:
    """The member's record, and those that were merged into it."""
    return sorted({member_id, *(key for others in _ALSO.values() for key in others([member_id]))})


def _about(people: Collection[int]) -> Q:
    """Events about people: whose line names them, and what was said of their cases, deadlines and flags."""
    return reduce(or_, (about(people) for about in _ABOUT.values()), Q(member_id__in=people))


def _entry(who: Who, erased: Event, reason: str) -> Entry:
    """A detail is erased once: the version is always 1."""
    return Entry(
        code=EventCode.DETAIL_ERASED, subject_kind=SubjectKind.DETAIL, subject_id=erased.pk, version=1, who=who,
        on=clock.today(), unit_id=erased.unit_id, unit_path=erased.unit_path, facts={"event": str(erased.uid)},
        detail={"reason": reason},
    )  # fmt: skip
