"""Mistakes are corrected, not edited: a second person voids an event, and what it did is undone by new events.

Only what nothing was built on can be voided: the event, and those it caused, must be the last of their subjects;
otherwise CannotVoid lists what stands in the way. A batch (an import) is voided as a whole, last events first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor, apart, require
from backend.audit.codes import EventCode
from backend.audit.details import standing
from backend.audit.models import Event
from backend.cases import amending, completing
from backend.cases.built_on import built_on
from backend.cases.changes import Changes
from backend.cases.closed_since import refuse_if_closed
from backend.cases.correcting import PAPER, REASON, Correction, before_each
from backend.cases.crossing import lock_across
from backend.cases.engine import CHUNK, RequestKey, keep, once
from backend.cases.gone_since import refuse_if_gone, refuse_if_out_of_sight
from backend.cases.loading import lock_members
from backend.cases.merging import give_back
from backend.cases.orders import Loaded
from backend.cases.voidable import KINDS, as_looked_at, may_void, places, second_person, seen
from backend.core import clock
from backend.core.db import WHOLE, reaching
from backend.core.errors import CannotVoid, NotPermitted, Refused
from backend.deadlines.reminding import follow_reopened
from backend.members.forgetting import forget
from backend.organizations.withdrawing import made_by
from workflows.guards.days import facts_ahead
from workflows.offices import Office, Right
from workflows.reading import read_all
from workflows.vocabulary import PaperValue

BUILT_ON = gettext_noop("Later entries were built on this one; void them first.")
BUILT_ON_BY_IMPORTS = gettext_noop(
    "Later entries were built on this one; void them first. Some came in by an import, which is only undone as a whole, the"
    " newest first (manage.py undo_import): %(batches)s."
)

OWN_AMONG = gettext_noop("The import is about your own file, too: another person undoes it.")
HANDED_OUT = gettext_noop(
    "A hand-over file was made on this entry: it is out, and proves itself wherever it is shown. Take the step that says what"
    " became of the transfer (taken back, or sent back), or receive the member back with a file from there."
)


def void(
    actor: Actor, event: UUID, *, reason: Any, paper: Any, expected_version: int | None = None,
    request_key: RequestKey | None = None,
) -> list[UUID]:  # fmt: skip
    """Undo one event and what it caused; `paper` is what came in as JSON. Returns the uids of the voiding events.

    `expected_version` is that of the case or member which the event is about. A known request key gives the earlier
    uids. Raises NotFound, Stale, NotPermitted (no right, or the person who recorded it), Refused for a reason or paper
    that cannot be used, CannotVoid.
    """

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        first = seen(actor, event)
        as_looked_at(first, expected_version)
        may_void(actor, first)
        if first.cause is not None:
            raise CannotVoid(gettext_noop("This was the consequence of another entry; void that one."), [first.cause])
        values = _read({"reason": reason, "paper": paper})
        with reaching(places([first])):  # the case of another unit that it opened, too
            events = _with_consequences([first])
        apart(actor, *(one.member_id for one in events))
        others = Event.objects.exclude(uid__in=[one.uid for one in events])
        uids = _void(actor, events, others, values["reason"], values["paper"])
        answer = {"events": [str(uid) for uid in uids]}
        keep(actor, key, answer)
        return answer

    answer = once(actor, ["void", str(event), expected_version], request_key, work)
    return [UUID(uid) for uid in answer["events"]]


def void_all(actor: Actor, batch: UUID, reason: str, besides: Sequence[UUID] = ()) -> int:
    """Undo all of an import while nothing was built on it, inside the caller's scoped transaction; how many events.

    With it goes what Chibo opened by itself in the units that the import made; whatever else was entered there stands
    in the way, and what the caller has found `besides`. Raises NotPermitted (no right, the person who brought it in, or one
    whose own file it is about, too), CannotVoid with all that does.
    """
    require(actor, Right.VOID, actor.path)
    second_person(actor, Event.objects.filter(batch=batch))
    made = made_by(batch)
    own = Q(batch=batch) | Q(office=Office.SYSTEM, unit_id__in=made)
    events = standing(Event.objects.filter(own, subject_kind__in=KINDS)).order_by("-id")
    others = Event.objects.exclude(own)
    keys = list(events.values_list("pk", flat=True))
    if actor.own_id is not None and events.filter(member_id=actor.own_id).exists():
        raise NotPermitted(OWN_AMONG)
    parts = [events.filter(pk__in=keys[start : start + CHUNK]) for start in range(0, len(keys), CHUNK)]
    # .all(): no part keeps its events
    built = [uid for part in parts for uid in built_on(list(part.all()), others, batch)]
    there = standing(others.filter(subject_kind__in=KINDS, unit_id__in=made)).order_by("id")
    _refuse([*built, *besides, *there.values_list("uid", flat=True)])
    whole = Changes()
    voided = sum(len(_void(actor, list(part.all()), others, reason, batch=batch, whole=whole)) for part in parts)
    _settle(actor, whole)  # at the end: on the way a cell may look too small
    return voided


def take_back(events: Sequence[Event], reason: str) -> None:
    """Chibo takes back what it opened by itself and nobody built on, inside the caller's transaction."""
    _void(Actor.system(), events, Event.objects.exclude(uid__in=[one.uid for one in events]), reason)


def _read(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Reason and paper; all that is wrong with them at once, as Refused."""
    asked = (REASON, PAPER)
    values, faults = read_all(asked, raw)
    faults += facts_ahead(asked, values, clock.today())
    if faults:
        raise Refused(faults)
    return values


def _with_consequences(events: Sequence[Event]) -> list[Event]:
    found = list(events)
    level = list(events)
    while level:
        level = list(Event.objects.filter(cause__in=[one.uid for one in level], subject_kind__in=KINDS))
        found += level
    return sorted(found, key=lambda one: one.pk, reverse=True)


def _void(
    actor: Actor, events: Sequence[Event], others: QuerySet[Event], reason: str, paper: PaperValue | None = None,
    *, batch: UUID | None = None, whole: Changes | None = None,
) -> list[UUID]:  # fmt: skip
    """Undo events, newest first; one pass for each layer of events on the same subjects. `others` may stand in the way.

    What two units share is read and undone on both sides, now that the actor may. Of the `whole` of a `batch` in several
    parts the caller settles what the cells' numbers and the deadlines come to.
    """
    shared = whole or Changes()
    with reaching(places(events)):
        rows = _locked(events)  # first: what was built on it is read under the locks
        _refuse_if_voided(events)
        _refuse_if_handed_out(events)
        refuse_if_closed(events, rows, whole=batch is not None)
        _refuse(built_on(events, others, batch))
        refuse_if_gone(events, rows, others)
        done = _undone(actor, events, rows, reason, paper, shared)
        if whole is None:
            _settle(actor, shared)
    return done


def _settle(actor: Actor, shared: Changes) -> None:
    shared.settle()
    follow_reopened(actor.who(), shared.reopened)


def _undone(
    actor: Actor, events: Sequence[Event], rows: Mapping[tuple[str, int], Loaded], reason: str, paper: PaperValue | None,
    shared: Changes,
) -> list[UUID]:  # fmt: skip
    today = clock.today()
    done: list[UUID] = []
    waiting = list(events)
    while waiting:
        layer: dict[tuple[str, int], Event] = {}
        for one in waiting:
            layer.setdefault((one.subject_kind, one.subject_id), one)
        changes = Changes(shifts=shared.shifts, reopened=shared.reopened, settles=False)
        before = before_each(layer.values())
        correction = Correction(actor, rows, changes, reason, paper, today)
        done += [correction.undo(one, before.get(one.uid)) for one in layer.values()]
        for one in layer.values():  # first: what a kept record took over may be unique, as a personal id is
            completing.take_back(one)
            give_back(one)
            amending.take_back(one, actor.who())
        changes.write()
        forget([key for kind, key in layer if kind == "member" and not rows[kind, key].member.standing])
        gone = {one.pk for one in layer.values()}
        waiting = [one for one in waiting if one.pk not in gone]
    return done


def _refuse_if_voided(events: Sequence[Event]) -> None:
    if any(one.voids is not None for one in events):
        raise CannotVoid(gettext_noop("A void is not voided; do the step again instead."))
    voids = list(Event.objects.filter(voids__in=[one.uid for one in events]).values_list("uid", flat=True))
    if voids:
        raise CannotVoid(gettext_noop("This entry was voided already."), voids)


def _refuse_if_handed_out(events: Sequence[Event]) -> None:
    """A file that was made of a case stands on all that had happened in it; the entry that lists it is not voided."""
    since: dict[int, int] = {}
    for one in events:
        if one.subject_kind == "case":
            since[one.subject_id] = min(since.get(one.subject_id, one.pk), one.pk)
    files = Event.objects.filter(case_id__in=since, code=EventCode.HANDOVER_ISSUED).order_by("id")
    out = [file.uid for file in files if file.case_id is not None and file.pk > since[file.case_id]]
    if out:
        raise CannotVoid(HANDED_OUT, out)


def _refuse(blockers: Iterable[UUID]) -> None:
    """Raise CannotVoid if there are any. What an import brought goes with its batch: the sentence names it."""
    found = list(dict.fromkeys(blockers))
    if not found:
        return
    with reaching([WHOLE]):
        batches = (
            Event.objects.filter(uid__in=found, batch__isnull=False).order_by("-id").values_list("batch", flat=True)
        )
        names = ", ".join(dict.fromkeys(str(one) for one in batches))
    if names:
        raise CannotVoid(BUILT_ON_BY_IMPORTS, found, batches=names)
    raise CannotVoid(BUILT_ON, found)


def _locked(events: Sequence[Event]) -> dict[tuple[str, int], Loaded]:
    cases = lock_across({one.subject_id for one in events if one.subject_kind == "case"})
    members = lock_members({one.subject_id for one in events if one.subject_kind == "member"})
    found: dict[tuple[str, int], Loaded] = {("case", key): loaded for key, loaded in cases.items()}
    found |= {("member", key): loaded for key, loaded in members.items()}
    refuse_if_out_of_sight(events, found)
    return found
