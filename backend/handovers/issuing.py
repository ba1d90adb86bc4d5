"""Making the hand-over file of a transfer: listed in an entry of the log first, written once that entry is sealed.

The same case gives the same file as long as nothing happened to the member meanwhile; otherwise a new entry lists anew.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor, apart, require
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.heads import of_row
from backend.audit.models import Event, Leaf, SignedHead
from backend.audit.proofs import inclusion_proof
from backend.audit.record import Entry, record
from backend.cases import requests
from backend.cases.changes import Changes
from backend.cases.durable import durable
from backend.cases.judging import visible
from backend.cases.loading import lock_cases, see_case
from backend.cases.numbers import draw_ids
from backend.cases.orders import Loaded
from backend.cases.requests import RequestKey
from backend.core import clock
from backend.core.errors import NotFound, Refused
from backend.core.nudge import nudge
from backend.handovers.form import FileLine, FileLog, HandOver, Told
from backend.handovers.histories import earlier_logs
from backend.handovers.models import Issue
from backend.handovers.selecting import events_of, person_of, places_above, told_of
from backend.members.models import Member
from workflows.answers import Refusal
from workflows.lifecycles.transfer import Transfer
from workflows.offices import Level, Right

NOT_ON_THE_WAY = Refusal(
    "handover.not_on_the_way", gettext_noop("This is no transfer whose paper is on its way."),
    remedy=gettext_noop("The file goes along with the introduction paper: record that step first."), fact="case",
)  # fmt: skip
WORKS_HERE = Refusal(
    "handover.works_here", gettext_noop("The place of destination works in this installation and sees the history itself."),
    remedy=gettext_noop("Nothing is to be handed over; wait for it to take the member in."), fact="case",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """What is to be handed over, with the places of its lines in the log."""

    events: Sequence[Event]
    positions: Sequence[int]
    told: dict[int, Told]
    content: HandOver

    @property
    def facts(self) -> dict[str, Any]:
        """What the entry in the log says of the file."""
        places = zip(self.events, self.positions, strict=True)
        return {
            "positions": list(self.positions), "opened": [place for event, place in places if event.pk in self.told],
            "person": self.content.person_digest, "earlier": self.content.earlier_digest,
        }  # fmt: skip


def hand_over(actor: Actor, case_id: int, *, request_key: RequestKey | None = None) -> HandOver | None:
    """The file, or None while an entry still waits to be sealed: ask again in a moment.

    Raises NotFound, NotPermitted, Refused, KeyReused. What was listed is in the log, whether or not the file is fetched.
    """
    key = request_key.bound(actor, ["handover", case_id]) if request_key is not None and actor.is_person else None
    with durable():
        _, known = requests.enter(actor, key)
        loaded = _on_the_way(actor, lock_cases([case_id]).get(case_id))
        made = _made(actor, loaded, key if known is None else None)
    if made is None:
        nudge("jobs.seal")
    return made


def entitled(actor: Actor, case_id: int) -> None:
    """Whether the actor may hand the case over at all. Raises NotFound, NotPermitted."""
    _permitted(actor, see_case(case_id))


def _permitted(actor: Actor, loaded: Loaded | None) -> Loaded:
    if loaded is None or loaded.case is None or not visible(actor, loaded):
        raise NotFound
    require(actor, Right.HAND_OVER, loaded.unit.path, (Level.BASE, Level.UPPER, Level.PROVINCE, Level.CENTRAL))
    apart(actor, loaded.member.pk if loaded.member is not None else None)  # a meeting is about nobody
    return loaded


def _on_the_way(actor: Actor, loaded: Loaded | None) -> Loaded:
    found = _permitted(actor, loaded)
    case = found.case
    if (case.lifecycle, case.state) != (Transfer.key, Transfer.State.INTRODUCED):
        raise Refused([NOT_ON_THE_WAY])
    if case.facts.get(Transfer.there):
        raise Refused([WORKS_HERE])
    return found


def _made(actor: Actor, loaded: Loaded, key: RequestKey | None) -> HandOver | None:
    case = loaded.case
    known = Issue.objects.filter(case_id=case.pk).order_by("-id").first()
    draft = _draft(loaded, bytes(known.nonce) if known else b"")
    if draft is None:
        return None
    listed = Event.objects.filter(uid=known.event_uid).first() if known else None
    if listed is None or listed.facts != draft.facts:
        _list(actor, loaded, replace(draft, content=replace(draft.content, nonce=os.urandom(16))), key)
        return None
    return _proven(draft, listed)


def _draft(loaded: Loaded, nonce: bytes) -> Draft | None:
    """None while one of the events has no place in the log yet."""
    member = Member.objects.get(pk=loaded.member.pk)
    events = events_of(member.pk)
    placed = dict(Leaf.objects.filter(event_id__in=[one.pk for one in events]).values_list("event_id", "position"))
    if len(placed) < len(events):
        return None
    events.sort(key=lambda one: placed[one.pk])
    content = HandOver(nonce, places_above(loaded.unit.id), person_of(member), earlier_logs(member.pk))
    return Draft(events, [placed[one.pk] for one in events], told_of(events), content)


def _list(actor: Actor, loaded: Loaded, draft: Draft, key: RequestKey | None) -> None:
    """The entry that lists the file, and the row that keeps its nonce."""
    (issue,) = draw_ids(Issue._meta.db_table, 1)
    entry = Entry(
        code=EventCode.HANDOVER_ISSUED, subject_kind=SubjectKind.HANDOVER, subject_id=issue, version=1, who=actor.who(),
        on=clock.today(), unit_id=loaded.unit.id, unit_path=loaded.unit.path, facts=draft.facts,
        member_id=loaded.member.pk, case_id=loaded.case.pk, request_id=key.key if key else "",
    )  # fmt: skip
    record([entry])
    if key is not None:
        Changes({"keys": [key.row(actor, {"event": str(entry.uid)})]}).write()
    case, member = loaded.case.pk, loaded.member.pk
    Issue.objects.create(pk=issue, case_id=case, member_id=member, event_uid=entry.uid, nonce=draft.content.nonce)


def _proven(draft: Draft, listed: Event) -> HandOver | None:
    """The file under the first head that covers the list; None while there is none."""
    end = Leaf.objects.filter(event_id=listed.pk).values_list("position", flat=True).first()
    head = SignedHead.objects.filter(size__gte=end).order_by("size").first() if end else None
    if end is None or head is None:
        return None
    pairs = [*zip(draft.events, draft.positions, strict=True), (listed, end)]
    lines = tuple(
        FileLine(place, bytes(event.line), tuple(inclusion_proof(place, head.size)), draft.told.get(event.pk))
        for event, place in pairs
    )
    return replace(draft.content, own=FileLog(of_row(head), lines))
