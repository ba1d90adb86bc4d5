"""What the sweep and the morning's letters of a day would do: the very same statements, in a transaction that is undone.

What standing jobs open, move and end before them (`opening`) is done there too, where the caller may: it concerns the
whole tree.

Nothing of it stays (but numbers that the sequences gave). While it runs it holds the locks that the real run would:
a sweep at the same moment passes these deadlines by, and finds them at its next run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.alerts.letters import bundle
from backend.alerts.sweep import SweepReport, handle, handle_due, months_due
from backend.core import clock
from backend.core.db import WHOLE, execute
from backend.core.rehearsing import rehearsing
from backend.organizations.laddering import chosen_ladders
from backend.organizations.models import Unit
from workflows.answers import shown
from workflows.ladders.choosing import version_of

_LINES = """
SELECT d.id, about.code, d.reference, d.rule_id, n.rung, n.rung_on, n.kind, n.levels_up, n.office, u.id, u.code, u.name,
  n.channel, n.outcome, n.reason, d.ladder, d.unit_id, d.due_on, count(l.id)
FROM alerts_notice n
JOIN deadlines_deadline d ON d.id = n.deadline_id
JOIN organizations_unit u ON u.id = n.unit_id
JOIN organizations_unit about ON about.id = d.unit_id
LEFT JOIN alerts_enclosure e ON e.notice_id = n.id AND e.month = n.month
LEFT JOIN alerts_letter l ON l.id = e.letter_id
WHERE n.month = ANY (%s) AND n.id > %s AND n.created_at = %s
GROUP BY d.id, n.month, n.id, u.id, about.id ORDER BY u.code, d.due_on, d.id, n.rung, n.office, n.channel LIMIT %s
"""

AHEAD = timedelta(days=366)
"""How far ahead a day can be rehearsed."""
LEFT_OUT = _(
    "Not rehearsed here: what standing jobs open, move or end by themselves before that day (meetings of a new month, "
    "tasks, changed days off), and the letters of the morning. The operator's “sweep --rehearse” has both."
)
"""What a rehearsal by an office does not show, in words."""
_RULE = 3
"""The place of the rule in such a row."""


@dataclass(frozen=True)
class Line:
    """One notice that would be written, about a case (`reference`) of the unit `about_code`.

    `letters`: how many letters would carry it that morning. `ladder` is the one that holds now, with the `ladder_version` of a
    unit's own (0: delivered).
    """

    deadline_id: int
    about_code: str
    reference: str
    rule_id: str
    rung: int
    day: date
    kind: str
    levels_up: int
    office: str
    unit_id: int
    unit_code: str
    unit_name: str
    channel: str
    outcome: str
    reason: str
    ladder: str
    letters: int
    ladder_version: int


@dataclass(frozen=True)
class Rehearsal:
    """The figures of the run, of the letters after it (as `make_letters` gives them), and the notices, some or all."""

    sweep: SweepReport
    letters: Counter[str]
    lines: Sequence[Line]


def too_far(day: date) -> str:
    """Why the day can't be rehearsed, in words; empty where it can: only days to come can, of the twelve months ahead."""
    first = clock.today()
    if first <= day <= first + AHEAD:
        return ""
    words = {"first": shown(first), "last": shown(first + AHEAD)}
    return gettext("A day from %(first)s to %(last)s can be rehearsed.") % words


def rehearse(
    day: date, *, path: str = WHOLE, limit: int | None = None, letters: bool = True,
    opening: Callable[[date], object] | None = None,
) -> Rehearsal:  # fmt: skip
    """The run of a day for the deadlines on which an office at or below `path` must act; at most `limit` lines of it.

    `letters=False` leaves the morning out, which only the worker's role can make. `opening` is what comes before the sweep;
    units on which it works stay locked until the end.
    """
    now = clock.now()
    report = SweepReport(day)
    with rehearsing(day):
        if opening is not None:
            opening(day)
        months = months_due(day)
        ((before,),) = execute("SELECT nextval('alerts_notice_id')")
        for found in handle_due(day, partial(handle, path=path, now=now)):
            report.add(found)
        made = bundle(day, morning=True) if letters else Counter[str]()
        lines = _lines(execute(_LINES, [months, before, now, limit]))
    return Rehearsal(report, made, lines)


def _lines(rows: Sequence[Sequence[Any]]) -> list[Line]:
    settled = chosen_ladders(Unit.objects.filter(pk__in={unit for *_, unit, _due, _letters in rows}))
    lines = []
    for *columns, ladder, unit, due, letters in rows:
        version = version_of(ladder, columns[_RULE], due, settled.get(unit, ()))
        lines.append(Line(*[*columns, ladder, letters, version]))
    return lines
