"""What is kept of an import and told of it: the report, the batch's own row and event. Values of cells stay out of both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.db import execute
from backend.imports.faults import DIFFERENCES, Fault
from backend.imports.models import ImportBatch
from backend.imports.months import Table
from backend.imports.reading import Commune
from backend.imports.run import Run
from backend.imports.tree import Tree

COUNTED = (
    "units", "units_renamed", "people", "completed", "unchanged", *sorted(DIFFERENCES), "tasks", "cells_too_small",
    "recognitions", "past_meetings", "planned_meetings", "attendance", "dues",
)  # fmt: skip
_VALUES = ("value", "stands")


def one_at_a_time() -> None:
    """Imports, and the undoing of imports, wait for each other: until the end of this transaction."""
    execute("SELECT pg_advisory_xact_lock(hashtext('chibo.import'))")


def report(
    run: Run, commune: Commune, tree: Tree, told: Sequence[Fault], tables: Sequence[Table[Any]]
) -> dict[str, Any]:
    """The report as JSON: the roster's figures and faults on top (`told`: what differs), those of the tables in `files`."""
    run.counts.update(fault.code for table in tables for fault in table.faults if fault.code in DIFFERENCES)
    counts = {name: run.counts[name] for name in COUNTED}
    changed = any(count for name, count in counts.items() if name != "unchanged" and name not in DIFFERENCES)
    figures = commune.roster.figures()
    figures["faults"] += [fault.as_json() for fault in told]
    files = {table.path.name: table.figures() for table in tables}
    newer = newest_before(tree.top.path, run.as_of)
    return {
        "as_of": commune.as_of.isoformat(), **figures, "files": files, "batch": str(run.batch) if changed else None,
        "changed": changed, "counts": counts, "unit_differs": tree.differs,
        "newer_roster": newer.isoformat() if newer else None,
    }  # fmt: skip


def newest_before(path: str, as_of: date) -> date | None:
    """The day of the newest roster of this tree that stands, where it is later than this one's."""
    rows = ImportBatch.objects.filter(unit_path=path, as_of__gt=as_of, undone_at=None)
    return rows.order_by("-as_of").values_list("as_of", flat=True).first()


def remember(run: Run, commune: Commune, tree: Tree, told: dict[str, Any], started: datetime) -> None:
    """The batch's own row and event."""
    public = told | {
        "faults": _without_values(told["faults"]),
        "files": {name: file | {"faults": _without_values(file["faults"])} for name, file in told["files"].items()},
    }
    row = ImportBatch.objects.create(
        uid=run.batch, unit_path=tree.top.path, as_of=run.as_of, files=commune.hashes, counts=told["counts"],
        report=public, operator=run.actor.name, started_at=started, finished_at=clock.now(),
    )  # fmt: skip
    facts = {"files": commune.hashes, "counts": told["counts"], "as_of": run.as_of.isoformat()}
    record([import_event(run.actor, row, 1, EventCode.IMPORT_DONE, facts, tree.top.pk)])


def import_event(
    actor: Actor, row: ImportBatch, version: int, code: EventCode, facts: dict[str, Any], unit_id: int, reason: str = ""
) -> Entry:
    """The log's entry for a batch as a whole."""
    return Entry(
        code=code, subject_kind="import", subject_id=row.pk, version=version, who=actor.who(), on=clock.today(),
        unit_id=unit_id, unit_path=row.unit_path, facts=facts, batch=row.uid, detail={"reason": reason} if reason else {},
    )  # fmt: skip


def _without_values(faults: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: part for name, part in fault.items() if name not in _VALUES} for fault in faults]
