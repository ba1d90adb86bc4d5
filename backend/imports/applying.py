"""Brings a commune in: everything in one transaction, through the engine's set-sized road, under one batch."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from backend.accounts.policy import Actor, require
from backend.cases.durable import durable
from backend.core import clock
from backend.core.db import execute, scope
from backend.core.nudge import nudge
from backend.imports.entering import Entering
from backend.imports.faults import ImportRefused
from backend.imports.keeping import one_at_a_time, remember, report
from backend.imports.meetings import take_meetings
from backend.imports.participation import Participation
from backend.imports.reading import Commune
from backend.imports.run import Progress, Run
from backend.imports.tree import plant
from workflows.offices import Right


class _TriedOnly(Exception):
    """Ends a dry run: everything is taken back."""


def bring_in(
    commune: Commune, actor: Actor, *, dry_run: bool = False, batch: UUID | None = None,
    progress: Progress = lambda what, done, total: None,
) -> dict[str, Any]:  # fmt: skip
    """Write what is read, all or nothing, and give the report. A dry run does everything, then takes it back: its counts are
    those of what would be new, and it has no batch. `batch` names the batch beforehand, so that a later look finds it.

    Raises ImportRefused for a file that turns out unreadable and where the engine refuses a row that was taken,
    NotPermitted, or the database's own errors.
    """
    if commune.as_of > clock.today():
        raise ImportRefused(_("The day of the roster (%(day)s) lies ahead.") % {"day": commune.as_of.isoformat()})
    run, told = Run(actor, commune.as_of, progress, batch or uuid4()), {}
    try:
        with durable():
            scope(actor.path)
            one_at_a_time()
            told = _run(run, commune)
            if dry_run:
                _take_back()
    except _TriedOnly:
        return told | {"dry_run": True, "changed": False, "batch": None}
    nudge("jobs.seal")
    return told


def _run(run: Run, commune: Commune) -> dict[str, Any]:
    started = clock.now()
    tree = plant(run.actor, commune.units, run.as_of, run.batch)
    require(run.actor, Right.IMPORT, tree.top.path)
    run.counts.update({"units": tree.added, "units_renamed": tree.renamed})
    people = Entering(run, tree, commune.roster).enter()
    meetings = commune.meetings()
    held = take_meetings(run, tree, meetings)
    attendance, dues = commune.attendance(people.members, held), commune.dues(people.members)
    lines = Participation(run, people.members, tree.units, held)
    lines.attendance(attendance, commune.files["attendance.csv"].lines)
    lines.dues(dues, commune.files["dues.csv"].lines)
    told = report(run, commune, tree, people.faults, (meetings, attendance, dues))
    if told["changed"]:
        remember(run, commune, tree, told, started)
    return told


def _take_back() -> None:
    """Let the database check everything, then leave nothing."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    raise _TriedOnly
