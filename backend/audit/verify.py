"""Walking the whole log: every line, place, subtree and head, what still waits, and the rows the events speak of.

The log only grows, so the size read first is snapshot enough; the walk holds one batch at a time in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from backend.audit import subjects
from backend.audit.heads import TreeHead, trusted_keys
from backend.audit.models import Head
from backend.audit.nodes import missing_head
from backend.audit.walk import Fault, Walk
from backend.core.clock import now
from backend.core.db import execute
from backend.core.errors import ChiboError
from workflows.answers import Phrase

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
SELECT 'position', min(position) FROM audit_leaf WHERE position > %s OR position < 1 HAVING count(*) > 0
UNION ALL SELECT 'subtree', min(level) FROM audit_node
  WHERE level < 1 OR index < 0 OR (index + 1)::numeric * 2::numeric ^ level > %s HAVING count(*) > 0
UNION ALL SELECT 'head', min(size) FROM audit_signedhead WHERE size > %s OR size < 1 HAVING count(*) > 0
"""
BEYOND = {
    "position": gettext_noop("The log has %(size)s sealed events, yet there is also position %(number)s."),
    "subtree": gettext_noop("The log has %(size)s sealed events, yet there is also a subtree at level %(number)s."),
    "head": gettext_noop("The log has %(size)s sealed events, yet there is also a head of size %(number)s."),
}
INSERTED = gettext_noop("Event %(uid)s (id %(event)s) was never queued for sealing: it was inserted by hand.")
MISPLACED = gettext_noop(
    "Event %(uid)s (id %(event)s) stands under another unit than its own: it was hidden from those who should see it, or"
    " shown to others."
)
PENDING = gettext_noop(
    "%(count)s events wait for their place, the oldest since %(since)s; see whether the sealing job runs."
)


class NotTheJobs(ChiboError):
    """The role sees only part of the log and would take the rest for removed."""

    code = "not_the_jobs"
    sentence = gettext_noop("The web's role sees only part of the log: run verify_log as the jobs (CHIBO_ROLE=jobs).")


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
        fault = self.fault and {
            "code": self.fault.code, "position": self.fault.position, "sentence": self.fault.sentence,
        }  # fmt: skip
        return {**asdict(replace(self, fault=None)), "fault": fault}


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
    notes = () if keys else (gettext("No trusted key is known: heads were checked against the key they carry."),)
    with transaction.atomic():
        if execute("SELECT current_user = 'chibo_app'")[0][0]:
            raise NotTheJobs
        size, epoch = Head.objects.values_list("size", "epoch").filter(pk=1).first() or missing_head()
        walk = Walk(size, epoch, frozenset(keys), exported)
        fault = walk.run(batch)
        report = Report(walk.position, walk.heads, walk.details, notes=notes)
        return replace(report, fault=fault) if fault else _beside(report, size, pending_after)


def _beside(report: Report, size: int, pending_after: timedelta) -> Report:
    """What the walk along the positions does not see."""
    waiting, oldest = execute(_WAITING)[0]
    report = replace(report, waiting=waiting, subjects=tuple(subjects.kinds()))
    for what, number in execute(_BEYOND, [size, size, size]):
        return replace(report, fault=_fault("beyond", BEYOND[what], size=size, number=number))
    for event, uid in execute(_ORPHAN):
        return replace(report, fault=_fault("inserted", INSERTED, uid=uid, event=event))
    for event, uid in subjects.misplaced():
        return replace(report, fault=_fault("misplaced", MISPLACED, uid=uid, event=event))
    if oldest is not None and now() - oldest > pending_after:
        return replace(report, fault=_fault("pending", PENDING, count=waiting, since=oldest.isoformat()))
    for wrong in subjects.disagreements():
        return replace(report, fault=Fault("subject", None, wrong))
    return report


def _fault(code: str, said: str, **words: Any) -> Fault:
    """One that was met at no position; `said` is an English msgid."""
    return Fault(code, None, Phrase(said, words))
