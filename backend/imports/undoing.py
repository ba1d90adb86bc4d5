"""Undoes an import as a whole, by voids; what was brought in about people who then stand on no list is forgotten."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.record import record
from backend.cases.durable import durable
from backend.cases.voiding import void_all
from backend.core import clock
from backend.core.db import execute, scope
from backend.core.nudge import nudge
from backend.imports.faults import ImportRefused
from backend.imports.keeping import import_event, one_at_a_time
from backend.imports.models import ImportBatch
from backend.imports.participation import ATTENDANCE, DUES
from backend.organizations.withdrawing import made_by, name_back, withdraw

_CHANGED_SINCE = """
    SELECT e.uid FROM participation_duesentry d JOIN audit_event e ON e.uid = d.event_uid
    WHERE d.batch = %s AND d.status <> 'withdrawn'
    UNION
    SELECT e.uid FROM dues_sheet s
    JOIN audit_event e ON e.subject_kind = 'dues' AND e.subject_id = s.id AND e.version = s.version
    WHERE s.complete AND s.unit_id = ANY (%s)"""
_REMOVE = "WITH gone AS (DELETE FROM {} WHERE batch = %s RETURNING 1) SELECT count(*) FROM gone"


def undo(actor: Actor, batch: UUID, *, reason: str) -> dict[str, int]:
    """Void every event of the batch, people and cases, take back its units and the names it gave to others; how many each.

    Attendance and dues of the batch are taken away. `void_all` empties the profiles of the people it voids.

    A person may not undo what they brought in themselves; the operator at the server, who is no person of the log,
    may (docs/importing.md). Raises ImportRefused for an unknown or undone batch, NotPermitted, CannotVoid with the
    entries built on it, and Refused with what else keeps its units: offices, units below.
    """
    with durable():
        scope(actor.path)
        one_at_a_time()
        row = ImportBatch.objects.select_for_update().filter(uid=batch).first()
        if row is None or not actor.sees(row.unit_path):
            raise ImportRefused(_("There is no import %(batch)s.") % {"batch": batch})
        if row.undone_at is not None:
            raise ImportRefused(_("The import %(batch)s was undone already.") % {"batch": batch})
        counts = {"events": void_all(actor, batch, reason, _changed_since(batch)), "rows": _remove(batch)}
        counts["units"] = withdraw(actor.who(), made_by(batch), batch)
        counts["names"] = name_back(actor.who(), batch)
        row.undone_at, row.undone_by = clock.now(), actor.name
        row.save(update_fields=["undone_at", "undone_by"])
        unit_id = int(row.unit_path.strip("/").rsplit("/", 1)[-1])
        record([import_event(actor, row, 2, EventCode.IMPORT_UNDONE, counts, unit_id, reason)])
    nudge("jobs.seal")
    return counts


def _changed_since(batch: UUID) -> list[UUID]:
    """What cells have recorded of dues over entries of the import, or kept in its units, and not taken back."""
    return [uid for (uid,) in execute(_CHANGED_SINCE, [batch, made_by(batch)])]


def _remove(batch: UUID) -> int:
    """Take attendance and dues of the batch away: they are counts beside the log, not states."""
    return sum(execute(_REMOVE.format(kind.table), [batch])[0][0] for kind in (ATTENDANCE, DUES))
