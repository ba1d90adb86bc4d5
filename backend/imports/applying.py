"""Brings a commune in: everything in one transaction, through the engine's set-sized road, under one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from backend.accounts.policy import Actor, require
from backend.audit.codes import EventCode
from backend.audit.record import Entry, record
from backend.cases.changes import Changes
from backend.cases.engine import CHUNK, Order, Result, carry_out, durable
from backend.core import clock
from backend.core.db import execute, scope
from backend.core.errors import Refused
from backend.core.nudge import nudge
from backend.imports import orders, participation
from backend.imports.faults import ImportRefused
from backend.imports.matching import Match, match
from backend.imports.models import ImportBatch
from backend.imports.reading import Commune
from backend.imports.tasks import Entered, open_tasks
from backend.imports.tree import Tree, plant
from workflows.offices import Right

Progress = Callable[[str, int, int], None]
_MEETINGS = """
    SELECT unit_id, exclusive_key, id FROM cases_case
    WHERE lifecycle = 'meeting' AND unit_id = ANY (%s) AND state <> ''"""


class _TriedOnly(Exception):
    """Ends a dry run: everything is taken back."""


@dataclass
class _Import:
    """One run, as far as it has come."""

    actor: Actor
    commune: Commune
    progress: Progress
    batch: UUID = field(default_factory=uuid4)
    counts: dict[str, int] = field(default_factory=dict)

    def run(self) -> tuple[Tree, Match]:
        commune = self.commune
        tree = plant(self.actor, commune.units, commune.as_of, self.batch)
        require(self.actor, Right.IMPORT, tree.top.path)
        self.counts |= {"units": tree.added, "units_renamed": tree.renamed}
        found = match(commune.roster.people, tree.units, "roster.xlsx", "")
        self._people(tree, found)
        meetings = self._meetings(tree)
        attendance = participation.write_attendance(
            commune.attendance.lines, found.members, tree.units, meetings, self.batch
        )
        dues = participation.write_dues(commune.dues.lines, found.members, tree.units, self.batch)
        self.counts |= {"attendance": attendance, "dues": dues}
        return tree, found

    def _people(self, tree: Tree, found: Match) -> None:
        as_of = self.commune.as_of
        paper = orders.roster_paper(self.batch, tree.top, as_of)
        wanted = (orders.entry_order(one, tree.units[one.cell_code], paper, as_of) for one in found.new)
        entered = [
            Entered(person, tree.units[person.cell_code], outcome.id, outcome.event)
            for person, outcome in zip(found.new, self._carry_out(_("people"), wanted, len(found.new)), strict=True)
        ]
        found.members |= {one.person.personal_id: one.member_id for one in entered if one.person.personal_id}
        self.counts["people"] = len(entered)
        self.counts["unchanged"], self.counts["state_differs"] = found.unchanged, len(found.differs)
        changes = Changes()
        self.counts["tasks"] = open_tasks(entered, as_of, changes)
        changes.write()
        trial = [one for one in entered if one.person.standing == "probationary" and one.person.joined_on]
        cases = (orders.recognition_order(one.member_id, one.person.joined_on or as_of, as_of) for one in trial)
        self.counts["recognitions"] = len(self._carry_out(_("recognition cases"), cases, len(trial)))

    def _meetings(self, tree: Tree) -> dict[tuple[str, date], int]:
        """Past meetings, then this month's for the cells that have none; the regular ones by cell and month."""
        commune = self.commune
        cells = [tree.units[line.code] for line in commune.units if line.level == "cell"]
        codes = {unit.pk: unit.code for unit in cells}
        known = {(row[0], row[1]): row[2] for row in execute(_MEETINGS, [list(codes)])}
        lines = commune.meetings.lines
        held = [one for one in lines if (tree.units[one.cell_code].pk, _key(one.kind, one.month)) not in known]
        past = (orders.held_order(line, tree.units[line.cell_code]) for line in held)
        outcomes = self._carry_out(_("past meetings"), past, len(held))
        for line, outcome in zip(held, outcomes, strict=True):
            known[tree.units[line.cell_code].pk, _key(line.kind, line.month)] = outcome.id
        due = [unit for unit in cells if (unit.pk, _key("regular", commune.as_of)) not in known]
        ahead = (orders.plan_order(unit, commune.as_of) for unit in due)
        planned = self._carry_out(_("meetings of this month"), ahead, len(due))
        self.counts |= {"past_meetings": len(held), "planned_meetings": len(planned)}
        kinds = (((unit, key), case) for (unit, key), case in known.items() if key.startswith("regular:"))
        return {(codes[unit], date.fromisoformat(f"{key[8:]}-01")): case for (unit, key), case in kinds}

    def _carry_out(self, what: str, wanted: Iterable[Order], total: int) -> list[Any]:
        """Outcomes of all orders, in chunks. What the engine refuses refuses the import as a whole."""
        outcomes: list[Any] = []
        waiting = iter(wanted)
        while chunk := list(islice(waiting, CHUNK)):
            changes = Changes()
            results = carry_out(self.actor, chunk, changes=changes, batch=self.batch)
            outcomes += [_outcome(result) for result in results]
            changes.write()
            self.progress(what, len(outcomes), total)
        return outcomes


def bring_in(
    commune: Commune, actor: Actor, *, dry_run: bool = False, progress: Progress = lambda what, done, total: None
) -> dict[str, Any]:
    """Write what was read, all or nothing, and give the report. A dry run does everything, then takes it back.

    Raises ImportRefused where the engine refuses a row that was taken, NotPermitted, or the database's own errors.
    """
    if commune.as_of > clock.today():
        raise ImportRefused(_("The day of the roster (%(day)s) lies ahead.") % {"day": commune.as_of.isoformat()})
    run = _Import(actor, commune, progress)
    started = clock.now()
    report: dict[str, Any] = {}
    try:
        with durable():
            scope(actor.path)
            one_at_a_time()
            tree, found = run.run()
            report = _report(run, tree, found)
            if report["changed"]:
                _remember(run, tree, report, started)
            if dry_run:
                _take_back()
    except _TriedOnly:
        return report | {"dry_run": True}
    nudge("jobs.seal")
    return report


def one_at_a_time() -> None:
    """Imports, and the undoing of imports, wait for each other: until the end of this transaction."""
    execute("SELECT pg_advisory_xact_lock(hashtext('chibo.import'))")


def _take_back() -> None:
    """Let the database check everything, then leave nothing."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    raise _TriedOnly


def _outcome(result: Result) -> Any:
    if result.outcome is not None:
        return result.outcome
    reasons = (
        "; ".join(answer.text("vi") for answer in result.error.answers) if isinstance(result.error, Refused) else ""
    )
    raise ImportRefused(
        _("The import stopped and changed nothing: “%(step)s” was refused (%(why)s).")
        % {"step": result.order.step, "why": reasons or result.error}
    )


def _key(kind: str, month: date) -> str:
    return f"{kind}:{month:%Y-%m}"


def _report(run: _Import, tree: Tree, found: Match) -> dict[str, Any]:
    report = run.commune.report()
    report["faults"] += [fault.as_json() for fault in found.differs]
    told = {"unchanged", "state_differs"}
    changed = any(count for name, count in run.counts.items() if name not in told)
    batch = str(run.batch) if changed else None
    return report | {"batch": batch, "changed": changed, "counts": run.counts, "unit_differs": tree.differs}


def _remember(run: _Import, tree: Tree, report: dict[str, Any], started: Any) -> None:
    """The batch's own row and event; values of cells stay out of both."""
    public = report | {
        "faults": _without_values(report["faults"]),
        "files": {name: file | {"faults": _without_values(file["faults"])} for name, file in report["files"].items()},
    }
    row = ImportBatch.objects.create(
        uid=run.batch, unit_path=tree.top.path, as_of=run.commune.as_of, files=run.commune.hashes, counts=run.counts,
        report=public, operator=run.actor.name, started_at=started, finished_at=clock.now(),
    )  # fmt: skip
    facts = {"files": run.commune.hashes, "counts": run.counts, "as_of": run.commune.as_of.isoformat()}
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
    return [{name: value for name, value in fault.items() if name != "value"} for fault in faults]
