"""A step that corrects or empties a record: what the line and the detail keep of it, the row, and how a void takes it back.

The line names the fields. What a corrected field said and says stands in the detail, where it can be erased; what an emptied
one said is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit.models import Event, EventDetail
from backend.audit.record import Entry, Who
from backend.cases.changes import Changes
from backend.cases.completing import TASK
from backend.cases.judging import Done
from backend.cases.record_clocks import follow
from backend.core.db import WHOLE, execute, reaching
from backend.core.errors import CannotVoid
from backend.members.amending import amend
from backend.members.records import RECORDS
from workflows.catalogue import steps
from workflows.profile import CORRECTED
from workflows.reading import read_all

FACT, WAS = "corrected", "said_before"
CODES = {name: steps("membership")[name].code for name in ("correct_record", "empty_fields")}
NOT_KEPT = gettext_noop("What was emptied is kept nowhere; let the right values be recorded as a correction.")
ERASED = gettext_noop("What the record said before was erased; let the right values be recorded as a correction.")

_MERGED = f"""
    {RECORDS} SELECT DISTINCT m.id, m.unit_path FROM record JOIN members_member m ON m.id = record.id
    WHERE record.id <> record.kept ORDER BY m.id"""  # noqa: S608  (constants only)

Said = tuple[dict[str, Any], dict[str, Any]]


def told(done: Done, sealed: dict[str, Any], detail: dict[str, Any]) -> Said:
    """What line and detail say of the facts, with the fields that a correction changed and what they said."""
    if done.step.code != CODES["correct_record"]:
        return sealed, detail
    amends = done.amends or {}
    was = {name: value.isoformat() if isinstance(value, date) else value for name, (value, _) in amends.items()}
    before = {name: value for name, value in was.items() if value is not None}
    return sealed | {FACT: sorted(amends)}, detail | ({WAS: before} if before else {})


def write(done: Done, entry: Entry, changes: Changes) -> None:
    """The fields as they are from now on; with a personal id the record is complete."""
    amends, member = done.amends or {}, done.loaded.member
    if amends:
        says = {name: now for name, (_, now) in amends.items()}
        changes.amends[member.pk] = says, entry.who
        if done.step.code == CODES["empty_fields"]:
            for key, path in merged_into([member.pk]):
                changes.reach.add(path)
                changes.amends[key] = says, entry.who
    if amends.get("personal_id", (None, None))[1] is not None:
        changes.close("member", member.pk, entry.on, entry.uid, met=(TASK,))


def merged_into(members: Collection[int]) -> list[tuple[int, str]]:
    """The records that were merged into members', and where they lie: the same people's, who ask that nothing is left."""
    with reaching([WHOLE]):
        return execute(_MERGED, [[*members]])


def take_back(event: Event, who: Who) -> None:
    """The fields as they were before a correction; other events pass by. Raises CannotVoid where that is not known."""
    if event.code == CODES["empty_fields"]:
        raise CannotVoid(NOT_KEPT)
    if event.code != CODES["correct_record"]:
        return
    detail = EventDetail.objects.filter(event_uid=event.uid).first()
    if detail is None:
        raise CannotVoid(ERASED)
    said, _ = read_all(CORRECTED, detail.data["facts"].get(WAS, {}))
    says = {name: said.get(name) for name in event.facts[FACT]}
    amend(event.subject_id, says)
    follow(event.subject_id, says, who)
