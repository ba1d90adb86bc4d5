"""What goes along with a transferred member: the lines that the paper dossier has papers for, and the data of the person.

A line cannot be shown in part, so it goes whole or not at all. What stands behind one is told only where the entry rests on
a paper, which then goes along too; the person's attendance and dues, the flags and the notes of the old cell stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from backend.audit.codes import SubjectKind
from backend.audit.details import with_details
from backend.audit.models import Event, EventDetail
from backend.cases.amending import FACT
from backend.cases.models import Case
from backend.cases.registry import step_of
from backend.core.keyring import unseal
from backend.handovers.form import Told
from backend.members.models import Member
from backend.members.protected import SEALED
from backend.organizations.models import Unit
from workflows.catalogue import LIFECYCLES
from workflows.facts import Paper
from workflows.profile import PROFILE

STAYS_HERE = ("note",)
"""What the old cell noted for itself."""


def events_of(member_id: int) -> list[Event]:
    """The member's own events and those of the cases that stand in the dossier, in the order of their ids."""
    cases = Case.objects.filter(member_id=member_id).exclude(state="").values_list("pk", "lifecycle", "state")
    kept = [key for key, lifecycle, state in cases if _in_dossier(lifecycle, state)]
    own = Q(subject_kind=SubjectKind.MEMBER, subject_id=member_id) | Q(
        subject_kind=SubjectKind.CASE, subject_id__in=kept
    )
    return list(with_details(Event.objects.filter(own, member_id=member_id)).order_by("id"))


def _in_dossier(lifecycle: str, state: str) -> bool:
    states = LIFECYCLES[lifecycle].in_dossier
    return states is None or state in states


def told_of(events: Sequence[Event]) -> dict[int, Told]:
    """By the event's id, what stands behind those that rest on a paper; of an erased detail nothing is left.

    Nor of a correction: what the record says goes along, what it said before stays.
    """
    rests = [event for event in events if event.told is not None and _has_paper(event) and FACT not in event.facts]
    wanted = {event.uid: event.pk for event in rests}
    details = EventDetail.objects.filter(event_uid__in=wanted)
    return {wanted[one.event_uid]: Told(bytes(one.salt), one.data) for one in details}


def _has_paper(event: Event) -> bool:
    """Whether the entry names a paper; a void does, and rests on the paper of the correction."""
    step = step_of(event.lifecycle, event.step)
    papers = {fact.name for fact in step.facts if isinstance(fact, Paper)} if step else set()
    return bool(papers & set(event.facts)) or event.voids is not None


def person_of(member: Member) -> dict[str, Any]:
    """What the record says of the person, as `PROFILE` names and reads it; what it does not say is left out."""
    said = {fact.name: getattr(member, fact.name) for fact in PROFILE if fact.name not in STAYS_HERE}
    said |= {name: unseal(said[name]) for name in SEALED if name in said}
    days = {name: said[name] and said[name].isoformat() for name in ("born_on", "card_issued_on")}
    return {name: value for name, value in {**said, **days}.items() if value}


def places_above(unit_id: int) -> tuple[str, ...]:
    """The names of the unit and those above it, the top first."""
    path = Unit.objects.values_list("path", flat=True).get(pk=unit_id)
    keys = [int(part) for part in path.strip("/").split("/")]
    names = Unit.objects.in_bulk(keys)
    return tuple(names[key].name for key in keys if key in names)
