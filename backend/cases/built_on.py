"""What stands in the way of a void: whatever was recorded since because the event was there.

Of anything: later entries of its subject. Of a meeting: ballots that name it. Of a person who came in by it, who would stand
on no list afterwards and be forgotten: cases about them, their attendance and dues, roll calls and facts that name them. Of
whoever became an official member by it: ballots whose denominator counted them, and facts that name them (introducers,
helpers, who was elected). Of whoever left by it: their cases that were ended because of that; of the end of such a case: the
person's return. Of a leave or another way of taking part that was granted or ended while overridden: how the member went on
after that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from backend.audit.details import standing
from backend.audit.models import Event
from backend.cases import amending, completing
from backend.cases.leaving import OUTLIVING
from backend.cases.voidable import KINDS
from backend.core.db import WHOLE, execute, reaching
from workflows.catalogue import LIFECYCLES, PAGES
from workflows.member_steps.going_on import OVERRIDDEN
from workflows.standings import CARRIED, ENDED, Standing

# What a table beside the log has of them. A row is spoken for by the event that made it, else by its import's own.
_COUNTED = """
    WITH counted AS (
      SELECT batch, meeting_id, NULL::uuid AS event_uid FROM participation_attendance
      WHERE member_id = ANY (%(members)s) AND (batch IS NULL OR batch IS DISTINCT FROM %(batch)s::uuid)
      UNION
      SELECT CASE WHEN event_uid IS NULL THEN batch END, NULL, event_uid FROM participation_duesentry
      WHERE member_id = ANY (%(members)s) AND status <> 'withdrawn'
        AND (event_uid IS NOT NULL OR batch IS DISTINCT FROM %(batch)s::uuid))
    SELECT e.uid FROM counted c JOIN audit_event e
      ON e.batch = c.batch AND e.code = 'import.done'
      OR c.batch IS NULL AND e.case_id = c.meeting_id AND e.code = 'meeting.held'
      OR e.uid = c.event_uid"""
# Attendance follows the log after a while; who was called stands in the detail at once.
_CALLED = """
    SELECT e.uid FROM audit_event e JOIN audit_eventdetail d ON d.event_uid = e.uid
    WHERE e.id > %(since)s AND e.code = ANY (%(codes)s)
      AND EXISTS (SELECT FROM unnest(%(names)s::text[]) name WHERE d.data -> 'facts' -> name ?| %(keys)s::text[])"""
_NAMED = """
    SELECT e.uid FROM audit_event e
    WHERE e.id > %(since)s AND e.code = ANY (%(codes)s)
      AND EXISTS (SELECT FROM unnest(%(names)s::text[]) name, jsonb_path_query(e.facts -> name, %(path)s::jsonpath) who
                  WHERE who::bigint = ANY (%(members)s))"""
IDS = {"member": '$[*] ? (@.type() == "number")', "election": "$.winners[*].member"}
_MEASURED = """
    SELECT e.uid FROM members_spell s
    JOIN audit_event e ON e.unit_id = s.unit_id AND e.id > %(since)s AND e.code = ANY (%(codes)s)
    CROSS JOIN LATERAL jsonb_path_query(e.facts, '$.* ? (exists (@.roll))') vote
    LEFT JOIN cases_case m ON m.id = (vote ->> 'meeting')::bigint
    WHERE s.event_uid = ANY (%(events)s) AND s.standing = 'official' AND s.retracted_at IS NULL
      AND s.valid @> coalesce((m.facts ->> 'held_on')::date, e.on_date)"""


def built_on(events: Sequence[Event], others: QuerySet[Event], batch: UUID | None = None) -> list[UUID]:
    """The uids of what was built on `events`, each once; only `others` count.

    `batch`: the import that is undone as a whole; the attendance and dues that it brought go with it.
    """
    entered = [one for one in events if one.subject_kind == "member" and _entered(one)]
    found = [*_later(events, others), *_where_they_went(events, others), *_at_meetings(events, others)]
    if entered:
        members = [one.subject_id for one in entered]
        about = standing(others.filter(subject_kind="case", member_id__in=members)).order_by("id")
        found += about.values_list("uid", flat=True)
        found += _only(others, _naming(members, min(one.pk for one in entered), batch))
    official = [one for one in events if one.subject_kind == "member" and _became(one) == Standing.OFFICIAL]
    if official:
        found += _only(others, _measured(official))
        found += _only(others, _named([one.subject_id for one in official], min(one.pk for one in official)))
    left = [one for one in events if one.subject_kind == "member" and _became(one) in ENDED]
    if left:
        found += _ended_since(left, others)
    found += _returned_since([one for one in events if one.member_id and _closed(one)], others)
    found += _went_on_since([one for one in events if one.member_id and _carries(one)], others)
    return list(dict.fromkeys(found))


def _later(events: Sequence[Event], others: QuerySet[Event]) -> list[UUID]:
    newest: dict[tuple[str, int], int] = {}
    for one in events:
        key = (one.subject_kind, one.subject_id)
        newest[key] = max(newest.get(key, 0), one.version)
    found, apart = list[UUID](), _stands_apart(events)
    for kind in KINDS:
        ids = [key[1] for key in newest if key[0] == kind]
        later = standing(others.filter(subject_kind=kind, subject_id__in=ids))
        rows = later.exclude(code__in=apart).values_list("uid", "subject_id", "version")
        found += [uid for uid, subject, version in rows if version > newest[kind, subject]]
    return found


def _stands_apart(events: Sequence[Event]) -> set[str]:
    """Codes of entries about a record alone: no other step rests on what a record says. A correction is built on whatever wrote
    the record: the entry of the person, a completion, a merge, another correction. What was emptied is built on corrections,
    which would bring it back."""
    codes = {event.code for event in events}
    if codes & set(amending.CODES.values()):
        return set()
    emptied, corrected = amending.CODES["empty_fields"], amending.CODES["correct_record"]
    wrote = any(_entered(one) or completing.FACT in one.facts for one in events)
    return {emptied} if wrote else {emptied, corrected}


def _where_they_went(events: Sequence[Event], others: QuerySet[Event]) -> Iterable[UUID]:
    """Whatever happened to members in the unit that the events handed them to."""
    handed = {one.member_id: one.pk for one in events if "unit_id" in one.facts.get("set", {})}
    if not handed:
        return ()
    return standing(others.filter(member_id__in=handed, pk__gt=min(handed.values()))).values_list("uid", flat=True)


def _at_meetings(events: Sequence[Event], others: QuerySet[Event]) -> Iterable[UUID]:
    meetings = {one.subject_id: one.unit_path for one in events if one.lifecycle == "meeting"}
    ballots = others.filter(unit_path__in=set(meetings.values()), facts__ballot__meeting__in=list(meetings))
    return standing(ballots).values_list("uid", flat=True)


def _ended_since(events: Sequence[Event], others: QuerySet[Event]) -> Iterable[UUID]:
    """Ends of the cases that leaving left behind (cases.leaving): with the leaving voided, their deadlines would run again."""
    members, since = [one.member_id for one in events], min(one.pk for one in events)
    later = others.filter(subject_kind="case", member_id__in=members, pk__gt=since).exclude(lifecycle__in=OUTLIVING)
    yield from (one.uid for one in standing(later).order_by("id") if _closed(one))


def _returned_since(events: Sequence[Event], others: QuerySet[Event]) -> Iterable[UUID]:
    """Returns to the lists of people whose cases were ended while they stood on none: nobody returns beside such a case."""
    since = {one.member_id: one.pk for one in events if one.member_id}
    moved = others.filter(subject_kind="member", subject_id__in=since, changes__has_key="standing")
    left: dict[int, int] = {}
    for one in standing(moved).order_by("id"):
        if _became(one) in ENDED:
            left[one.subject_id] = one.pk
        elif left.pop(one.subject_id, one.pk) < since[one.subject_id] < one.pk:
            yield one.uid


def _went_on_since(events: Sequence[Event], others: QuerySet[Event]) -> Iterable[UUID]:
    """Ends of what had overridden a way of taking part: how the member went on was decided by the case that carries it."""
    for one in events:
        went_on = others.filter(subject_kind="member", subject_id=one.member_id or 0, pk__gt=one.pk)
        went_on = went_on.filter(changes__participation__0__in=OVERRIDDEN)
        with reaching([WHOLE]):
            yield from [
                each.uid
                for each in standing(went_on).order_by("id")
                if each.changes["participation"][1] not in OVERRIDDEN
            ]


def _naming(members: Sequence[int], since: int, batch: UUID | None) -> list[UUID]:
    """Counts, roll calls and facts that name members; wherever they are: a name out of sight is no less a name."""
    asked: Mapping[str, Any] = {"members": list(members), "since": since, "batch": batch}
    with reaching([WHOLE]):
        called = {"since": since, "keys": [str(one) for one in members], **facts_of("roll_call")}
        rows = [*execute(_COUNTED, asked), *execute(_CALLED, called)]
    return [uid for (uid,) in rows] + _named(members, since)


def _named(members: Sequence[int], since: int) -> list[UUID]:
    """Facts that name members as introducers, helpers, or elected."""
    asked = {"members": list(members), "since": since}
    with reaching([WHOLE]):
        return [
            uid for kind, path in IDS.items() for (uid,) in execute(_NAMED, {**asked, **facts_of(kind), "path": path})
        ]


def _measured(events: Sequence[Event]) -> list[UUID]:
    """Ballots and elections on days on which the cell's roll had members because of these events."""
    asked: dict[str, Any] = {"events": [one.uid for one in events], "since": min(one.pk for one in events)}
    asked["codes"] = [*facts_of("ballot")["codes"], *facts_of("election")["codes"]]
    with reaching([WHOLE]):
        return [uid for (uid,) in execute(_MEASURED, asked)]


def _only(others: QuerySet[Event], uids: Collection[UUID]) -> list[UUID]:
    """Of some, the standing ones among the others, the oldest first."""
    if not uids:
        return []
    with reaching([WHOLE]):
        return list(standing(others.filter(uid__in=set(uids))).order_by("id").values_list("uid", flat=True))


@cache
def facts_of(kind: str) -> dict[str, list[str]]:
    """The names of all facts of a kind, and the codes of the events that hold them."""
    steps = [one for page in PAGES for one in page.steps().values()]
    found = {one.code: [fact.name for fact in one.facts if fact.kind == kind] for one in steps}
    names = {name for each in found.values() for name in each}
    return {"names": sorted(names), "codes": sorted(code for code, each in found.items() if each)}


def _entered(event: Event) -> bool:
    """Whether it put a person on the lists from nothing: once voided, nobody is left whom anything could be about."""
    return str(event.changes.get("standing", ("?",))[0]) == ""


def _closed(event: Event) -> bool:
    """Whether it brought a case to its end."""
    return event.subject_kind == "case" and event.changes.get("state", ("", ""))[1] in LIFECYCLES[event.lifecycle].final


def _carries(event: Event) -> bool:
    """Whether from it on a case carried a way of taking part, or no longer, or up to another day."""
    states = next((states for lifecycle, states in CARRIED.values() if lifecycle == event.lifecycle), ())
    was, now = event.changes.get("state", ("", ""))
    return (was in states) != (now in states) or (now in states and "away_until" in event.facts)


def _became(event: Event) -> str:
    return str(event.changes.get("standing", ("", ""))[1])
