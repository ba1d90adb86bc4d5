"""Past meetings, then this month's for the cells that have none. What stands is never changed by a file, only compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.db import execute
from backend.imports import orders
from backend.imports.months import MeetingLine, Table
from backend.imports.run import Run
from backend.imports.tree import Tree
from backend.organizations.models import Unit
from workflows.lifecycles.meeting import oldest_made_good

_KNOWN = """
    SELECT unit_id, exclusive_key, id, state, facts FROM cases_case
    WHERE lifecycle = 'meeting' AND unit_id = ANY (%s) AND state <> '' ORDER BY state = ANY (%s), id"""
TOOK_PLACE = frozenset({"held", "filed", "reported"})
Held = dict[tuple[str, date], int]
"""Cases of the regular meetings that took place, by cell and month."""


@dataclass(frozen=True)
class Stands:
    """A meeting of the database."""

    id: int
    state: str
    facts: Mapping[str, Any]

    @property
    def filed_on(self) -> Any:
        """The day the minutes were filed, taken over or by their own paper."""
        return self.facts.get("filed_on") or (self.facts.get("minutes") or {}).get("date")


def take_meetings(run: Run, tree: Tree, table: Table[MeetingLine]) -> Held:
    """Enter new meetings, tell of those that stand otherwise, plan this month's; all that took place."""
    cells = {unit.pk: unit.code for unit in tree.units.values() if unit.level == "cell"}
    known = {(row[0], row[1]): Stands(*row[2:]) for row in execute(_KNOWN, [list(cells), list(TOOK_PLACE)])}
    new = []
    for line in table:
        stands = known.get((tree.units[line.cell_code].pk, _key(line.kind, line.month)))
        if stands is None:
            new.append(line)
        elif difference := next(_differences(line, stands), None):
            table.leave_out(line.line, *difference)
    past = (orders.held_order(line, tree.units[line.cell_code]) for line in new)
    outcomes = run.carry_out(_("past meetings"), past, len(new))
    for line, outcome in zip(new, outcomes, strict=True):
        known[tree.units[line.cell_code].pk, _key(line.kind, line.month)] = Stands(outcome.id, outcome.state, {})
    planned = _plan(run, [unit for unit in tree.units.values() if unit.pk in cells], known)
    run.counts["past_meetings"] += len(new)
    run.counts["planned_meetings"] += planned
    return {
        (cells[unit], date.fromisoformat(f"{key[8:]}-01")): meeting.id
        for (unit, key), meeting in known.items()
        if key.startswith("regular:") and meeting.state in TOOK_PLACE
    }


def _plan(run: Run, cells: list[Unit], known: Collection[tuple[int, str]]) -> int:
    """The meeting of the roster's month, where none is known and the month is still opened; how many."""
    today = clock.today()
    if run.as_of < oldest_made_good(today):
        return 0
    due = [cell for cell in cells if (cell.pk, _key("regular", run.as_of)) not in known]
    ahead = (orders.plan_order(cell, run.as_of, today) for cell in due)
    return len(run.carry_out(_("meetings of this month"), ahead, len(due)))


def _differences(line: MeetingLine, stands: Stands) -> Iterator[tuple[str, str, Any, Any]]:
    """Code, column, what the file says and what stands: a state that only a step may change, or another day or length."""
    if stands.state not in TOOK_PLACE:
        yield "state_differs", "held_on", line.held_on, stands.state
    if line.held_on.isoformat() != stands.facts.get("held_on"):
        yield "line_differs", "held_on", line.held_on, stands.facts.get("held_on", "")
    if line.filed_on and stands.filed_on is None:
        yield "state_differs", "minutes_filed_on", line.filed_on, stands.state
    if line.filed_on and line.filed_on.isoformat() != stands.filed_on:
        yield "line_differs", "minutes_filed_on", line.filed_on, stands.filed_on
    if line.minutes_long and line.minutes_long != stands.facts.get("minutes_long"):
        yield "line_differs", "minutes_long", line.minutes_long, stands.facts.get("minutes_long", "")


def _key(kind: str, month: date) -> str:
    return f"{kind}:{month:%Y-%m}"
