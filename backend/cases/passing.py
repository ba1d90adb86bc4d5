"""Open cases in which somebody must decide pass to whoever decides now: a row of who decides has begun or has ended.

The row of its day counts for what has not been decided yet; what was decided stays as it was, with the row that it notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.audit.record import Entry, record
from backend.cases.crossing import leaving_step, turn
from backend.cases.durable import durable
from backend.cases.loading import lock_cases
from backend.cases.models import Case
from backend.cases.orders import Loaded
from backend.core import clock
from backend.core.db import execute, scope
from backend.core.nudge import nudge
from backend.deadlines.calendar import calendar
from backend.organizations.models import Unit
from workflows import law
from workflows.catalogue import PAGES
from workflows.vocabulary import Act

BATCH = 500
_WHY = _("who decides has changed")
_LINE = gettext_noop("%(case)s: its turn passes from %(was)s to %(now)s (%(why)s)")
_WOULD, _DID = gettext_noop("%(count)s cases would pass on."), gettext_noop("%(count)s cases passed on.")
_ELSEWHERE = """
  SELECT c.id FROM cases_case c
  JOIN jsonb_to_recordset(%(waiting)s::jsonb) AS w(lifecycle text, state text, level text)
    ON w.lifecycle = c.lifecycle AND w.state = c.state
  JOIN organizations_unit a ON a.id = c.acting_unit_id AND a.level <> w.level
  WHERE c.closed_on IS NULL AND c.id > %(after)s ORDER BY c.id LIMIT %(batch)s"""
"""Where the turn is at another level than the one that decides: also where no unit of that level stands above the case."""


@dataclass(frozen=True)
class Passed:
    """A case, as it was locked, whose turn passes to another unit."""

    loaded: Loaded
    unit_id: int
    path: str


@cache
def waiting() -> dict[tuple[str, str], Act]:
    """By lifecycle and state what must be decided next, where who decides it is a row by date."""
    return {
        (page.key, str(state)): step.at
        for page in PAGES for state in page.choices().get("state", ())
        if (step := leaving_step(page.key, str(state))) is not None and isinstance(step.at, Act)
    }  # fmt: skip


def follow_competence(actor: Actor, *, dry_run: bool) -> list[str]:
    """Pass on what waits for somebody else now (dry: only say so), each with an event; a line for each, then how many."""
    passed = list(_passed(actor, clock.today(), dry_run=dry_run))
    if passed and not dry_run:
        nudge("jobs.seal")
    places = {key for one in passed for key in (one.loaded.case.acting_unit_id, one.unit_id)}
    names = dict(Unit.objects.filter(pk__in=places).values_list("pk", "name"))
    lines = [gettext(_LINE) % _words(one, names) for one in passed]
    return [*lines, gettext(_WOULD if dry_run else _DID) % {"count": len(lines)}] if lines else []


def _words(one: Passed, names: Mapping[int, str]) -> dict[str, object]:
    case = one.loaded.case
    return {"case": case.number, "was": names[case.acting_unit_id], "now": names[one.unit_id], "why": _WHY}


def _passed(actor: Actor, today: date, *, dry_run: bool) -> Iterator[Passed]:
    """Each batch is a transaction of its own; a second run finds nothing left."""
    after, full = 0, True
    while full:
        with durable():
            scope(actor.path)
            calendar()  # with it comes what is settled
            ids = _elsewhere(today, after)
            turns = [(loaded, *turn(loaded, today)) for _, loaded in sorted(lock_cases(ids).items())]
            found = [Passed(*one) for one in turns if one[1] != one[0].case.acting_unit_id]
            if found and not dry_run:
                record([_entry(actor, one, today) for one in found])
                for one in found:
                    acting = {"acting_unit_id": one.unit_id, "acting_path": one.path}
                    Case.objects.filter(pk=one.loaded.case.pk).update(**acting)
        yield from found
        after, full = (ids or [after])[-1], len(ids) == BATCH


def _elsewhere(today: date, after: int) -> list[int]:
    levels = [
        {"lifecycle": lifecycle, "state": state, "level": law.competent_levels(act.name, today)[0]}
        for (lifecycle, state), act in waiting().items()
    ]
    return [key for (key,) in execute(_ELSEWHERE, {"waiting": Jsonb(levels), "after": after, "batch": BATCH})]


def _entry(actor: Actor, one: Passed, today: date) -> Entry:
    """An event beside the case, not of it: whoever voids an earlier step has nothing of this to undo."""
    case, unit = one.loaded.case, one.loaded.unit
    row = law.competence(waiting()[case.lifecycle, str(case.state)].name, today)
    before = Event.objects.filter(subject_kind=SubjectKind.TURN, subject_id=case.pk).count()
    return Entry(
        code=EventCode.TURN_PASSED, subject_kind=SubjectKind.TURN, subject_id=case.pk, version=before + 1, who=actor.who(),
        on=today, unit_id=unit.id, unit_path=unit.path, rules={row.id: row.version}, member_id=case.member_id,
        facts={"from": case.acting_unit_id, "to": one.unit_id, "why": "competence"}, case_id=case.pk,
    )  # fmt: skip
