"""Two records of one person become one: what the kept record takes over, and how a void gives it back.

The step belongs to the record that goes (`workflows.member_steps.merging`); its history is retracted, so that it counts in no
roll and no figure as of any day, while what was known before the merge can still be told. The kept record has an event of
its own, caused by that step: with the one the other is voided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.audit.codes import EventCode
from backend.audit.models import Event
from backend.audit.record import Entry
from backend.cases.changes import Changes
from backend.cases.completing import FACT, TASK
from backend.cases.judging import Done
from backend.cases.loading import lock_members
from backend.cases.orders import TWICE
from backend.core.errors import Refused
from backend.members.models import Member
from backend.members.own_files import follow_back, follow_merge
from backend.members.twice import additions
from backend.participation import merging as counts
from workflows.guards.merging import days_taken
from workflows.standings import Standing
from workflows.vocabulary import Trace

RECORD, TIED = "record", "accounts"


def is_merged(traces: Sequence[Trace]) -> bool:
    """Whether a step made the member's record part of another one."""
    return any(trace.step.field == "standing" and trace.source != trace.target == Standing.MERGED for trace in traces)


def take_over(done: Done, cause: Entry, changes: Changes) -> None:
    """Rows of the kept record: its own event, the fields and days of membership it lacked, and attendance and dues that only
    the other has.

    Raises Refused where another step of the same run is about the kept record.
    """
    (key,), gone = done.situation.facts["kept"], done.loaded.member.pk
    if ("member", key) in changes.subjects():
        raise Refused([TWICE])
    loaded = lock_members([key])[key]
    both = Member.objects.in_bulk([key, gone])
    added = additions(both[key], both[gone])
    taken = days_taken(both[gone].standing, both[key].standing)
    days = {name: there for name in taken if getattr(both[key], name) is None and (there := getattr(both[gone], name))}
    tied = follow_merge(gone, key)
    entry = Entry(
        code=EventCode.MEMBER_TOOK_OVER, subject_kind="member", subject_id=key, version=loaded.member.version + 1,
        who=cause.who, on=cause.on, unit_id=loaded.unit.id, unit_path=loaded.unit.path, lifecycle="membership",
        facts={RECORD: gone, FACT: sorted(name for name in added if not name.endswith("_index")), **counts.move(key, gone),
               **({TIED: tied} if tied else {}), **_taken(days)},
        member_id=key, request_id=cause.request_id, batch=cause.batch, cause=cause.uid,
    )  # fmt: skip
    changes.log(entry)
    changes.fills.append({**added, "id": key, "version": entry.version})
    if days:
        loaded.member.version = entry.version
        for name, day in days.items():
            setattr(loaded.member, name, day)
        changes.stand(loaded.member, placed=False)
    if "personal_id" in added:
        changes.close("member", key, cause.on, entry.uid, met=(TASK,))


def _taken(days: Mapping[str, date]) -> dict[str, Any]:
    """New (for a replay) and old (for a void), as `moved.dates` has them."""
    return {"set": {name: day.isoformat() for name, day in days.items()}, "was": dict.fromkeys(days)} if days else {}


def give_back(event: Event) -> None:
    """Give attendance and dues back that the event of a kept record took over; other events pass by."""
    if event.code == EventCode.MEMBER_TOOK_OVER:
        moved = {name: event.facts[name] for name in counts.KEYS}
        counts.move_back(event.subject_id, event.facts[RECORD], moved)
        follow_back(event.facts.get(TIED, ()), event.facts[RECORD], event.subject_id)
