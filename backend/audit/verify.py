"""Walking the whole log: every line, place, subtree and head, what still waits, and the rows the events speak of.

The log only grows, so the size read first is snapshot enough; the walk holds one batch at a time in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from backend.audit import subjects
from backend.audit.heads import TreeHead, trusted_keys
from backend.audit.models import Head
from backend.audit.walk import Fault, Walk
from backend.core.clock import now
from backend.core.db import execute
from backend.core.errors import ChiboError

PENDING_AFTER = timedelta(hours=1)

_ORPHAN = """
SELECT e.id, e.uid FROM audit_event e
WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)
  AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.event_id = e.id) ORDER BY e.id LIMIT 1
"""
_WAITING = """
SELECT count(*), min(e.recorded_at) FROM audit_pending p JOIN audit_event e ON e.id = p.event_id
"""
_BEYOND = """
SELECT 'position ' || min(position) FROM audit_leaf WHERE position > %s OR position < 1 HAVING count(*) > 0
UNION ALL SELECT 'a subtree at level ' || min(level) FROM audit_node
  WHERE level < 1 OR index < 0 OR (index + 1)::numeric * 2::numeric ^ level > %s HAVING count(*) > 0
UNION ALL SELECT 'head of size ' || min(size) FROM audit_signedhead WHERE size > %s OR size < 1 HAVING count(*) > 0
"""


class NotTheJobs(ChiboError):
    """The role sees only part of the log and would take the rest for removed."""

    code = "not_the_jobs"


@dataclass(frozen=True)
class Report:
    """What was counted, and the first fault, if there is one. `notes` say what could not be checked."""

    events: int = 0
    heads: int = 0
    details: int = 0
    waiting: int = 0
    subjects: tuple[str, ...] = ()
    fault: Fault | None = None
    notes: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def verify_log(
    *,
    trusted: Sequence[bytes] = (),
    exported: Sequence[TreeHead] = (),
    pending_after: timedelta = PENDING_AFTER,
    batch: int = 2_000,
) -> Report:
    """Check everything and stop at the first fault.

    `trusted`: public keys that heads may be signed with, besides those of the settings; without any, a head is only
    checked against the key it carries, and a note says so. `exported`: heads kept elsewhere; only they show that the
    log's end was cut off together with its heads. `pending_after`: how long an event may wait for its place.
    """
    keys = {*trusted, *trusted_keys()}
    notes = () if keys else ("No trusted key is known: heads were checked against the key they carry.",)
    with transaction.atomic():
        if execute("SELECT current_user = 'chibo_app'")[0][0]:
            raise NotTheJobs("The web's role sees only part of the log: run verify_log as the jobs (CHIBO_ROLE=jobs).")
        size, epoch = Head.objects.values_list("size", "epoch").get(pk=1)
        walk = Walk(size, epoch, frozenset(keys), exported)
        fault = walk.run(batch)
        report = Report(walk.position, walk.heads, walk.details, notes=notes)
        return replace(report, fault=fault) if fault else _beside(report, size, pending_after)


def _beside(report: Report, size: int, pending_after: timedelta) -> Report:
    """What the walk along the positions does not see."""
    waiting, oldest = execute(_WAITING)[0]
    report = replace(report, waiting=waiting, subjects=tuple(sorted(subjects.checks())))
    for what in execute(_BEYOND, [size, size, size]):
        return replace(
            report, fault=Fault("beyond", None, f"The log has {size} sealed events, yet there is also {what[0]}.")
        )
    for event, uid in execute(_ORPHAN):
        sentence = f"Event {uid} (id {event}) was never queued for sealing: it was inserted by hand."
        return replace(report, fault=Fault("inserted", None, sentence))
    if oldest is not None and now() - oldest > pending_after:
        since = oldest.isoformat()
        sentence = f"{waiting} events wait for their place, the oldest since {since}; see whether the sealing job runs."
        return replace(report, fault=Fault("pending", None, sentence))
    return replace(report, fault=_disagreement())


def _disagreement() -> Fault | None:
    for check in subjects.checks().values():
        with connection.cursor() as cursor:
            cursor.execute(check)
            row = cursor.fetchone()
        if row:
            return Fault("subject", None, f"Row and events disagree: {row[0]}.")
    return None
