"""Whoever leaves the lists leaves open work behind (S-14): with the event its deadlines no longer stand.

The deadlines about the person are cancelled, and those of the person's other open cases. A case itself is ended by
people: a task in each asks the cell to do so, and is met when the case ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from backend.audit.record import Entry
from backend.cases.changes import Changes
from backend.cases.judging import Done
from backend.core.db import execute
from backend.deadlines.drafts import draft
from workflows.catalogue import LIFECYCLES
from workflows.offices import Level
from workflows.standings import ENDED
from workflows.vocabulary import Clock, Trace

END_CASE = Clock("TASK.END_CASE", lambda situation: situation.today, Level.CELL, _("Day it was recorded"))
_OPEN = """
    SELECT id, number FROM cases_case
    WHERE member_id = %s AND closed_on IS NULL AND state <> '' AND id IS DISTINCT FROM %s
      AND lifecycle <> ALL (%s) ORDER BY id"""
OUTLIVING = [key for key, page in LIFECYCLES.items() if page.outlives_membership]
"""What goes on all the same: a request about the own data is answered whether or not the person is a member."""


def has_left(traces: Sequence[Trace]) -> bool:
    """Whether a step took the member off the lists."""
    return any(trace.step.field == "standing" and trace.source != trace.target in ENDED for trace in traces)


def leave_cases(done: Done, entry: Entry, changes: Changes) -> None:
    """Cancel the deadlines of the member's other open cases, and ask for the end of each. The cell's lock is held."""
    own = done.loaded.case.pk if done.loaded.case is not None else None
    for case, number in execute(_OPEN, [done.loaded.member.pk, own, OUTLIVING]):
        changes.close("case", case, entry.on, entry.uid, rest=True, by_step=True)
        asked = draft(END_CASE, done.situation)
        if asked is not None:
            changes.open(asked, END_CASE, "case", case, done.loaded, entry, number)
