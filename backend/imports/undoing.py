"""Undoes an import as a whole, by voids; what was brought in about people who then stand on no list is forgotten."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.record import record
from backend.cases.engine import durable
from backend.cases.voiding import void_all
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import CannotVoid
from backend.core.nudge import nudge
from backend.imports import participation
from backend.imports.applying import import_event, one_at_a_time
from backend.imports.faults import ImportRefused
from backend.imports.models import ImportBatch


def undo(actor: Actor, batch: UUID, *, reason: str) -> dict[str, int]:
    """Void every event of the batch, people and cases; units stay. How many events and rows that were.

    Attendance and dues of the batch are taken away. `void_all` empties the profiles of the people it voids.

    A person may not undo what they brought in themselves; the operator at the server, who is no person of the log,
    may (docs/importing.md). Raises ImportRefused for an unknown or undone batch, NotPermitted, and CannotVoid with
    what was built on it.
    """
    with durable():
        scope(actor.path)
        one_at_a_time()
        row = ImportBatch.objects.select_for_update().filter(uid=batch).first()
        if row is None or not actor.sees(row.unit_path):
            raise ImportRefused(_("There is no import %(batch)s.") % {"batch": batch})
        if row.undone_at is not None:
            raise ImportRefused(_("The import %(batch)s was undone already.") % {"batch": batch})
        _refuse_if_counted_since(batch)
        counts = {"events": void_all(actor, batch, reason), "rows": participation.remove(batch)}
        row.undone_at, row.undone_by, row.undone_reason = clock.now(), actor.name, reason[:2000]
        row.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        unit_id = int(row.unit_path.strip("/").rsplit("/", 1)[-1])
        record([import_event(actor, row, 2, EventCode.IMPORT_UNDONE, counts, unit_id, reason)])
    nudge("jobs.seal")
    return counts


def _refuse_if_counted_since(batch: UUID) -> None:
    """Attendance and dues are no events of their own: what came later, for the same people, is looked for here."""
    counted, events = participation.counted_since(batch)
    if counted:
        raise CannotVoid("Later entries were built on this one; void them first.", events)
