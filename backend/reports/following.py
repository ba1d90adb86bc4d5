"""Counts follow the log: after every event, the cells that it may concern are counted anew, and the units above them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from backend.audit.codes import EventCode
from backend.audit.models import Event
from backend.core.db import WHOLE, execute, scope
from backend.reports.counting import EVER, Since, recount
from workflows.offices import Level

# Wherever the members, and the cases, of the events stand and have stood.
_CONCERNED = """
SELECT u.id, u.level FROM organizations_unit u WHERE u.id IN (
  SELECT unnest(%(units)s::bigint[])
  UNION SELECT unit_id FROM members_spell WHERE member_id = ANY (%(members)s)
  UNION SELECT unit_id FROM cases_case WHERE id = ANY (%(cases)s))
"""


def follow(events: Sequence[Event]) -> None:
    """Put right what the events may have changed, inside the follower's transaction."""
    scope(WHOLE)
    since: dict[int, Since] = {}
    for event in events:
        for unit, day in _of_tree(event):
            since[unit] = min(day, since.get(unit, day))
    found = execute(_CONCERNED, _concerned(events))
    cells = {unit for unit, level in found if level == Level.CELL}
    recount(cells, {unit: day for unit, day in since.items() if unit not in cells})


def _concerned(events: Iterable[Event]) -> dict[str, list[int]]:
    units, members, cases = set[int](), set[int](), set[int]()
    for event in events:
        units.add(event.unit_id)
        members |= {event.member_id or 0, *(event.facts.get(name) or 0 for name in ("member", "kept"))} - {0}
        cases |= {event.case_id or 0} - {0}
    return {"units": [*units], "members": [*members], "cases": [*cases]}


def _of_tree(event: Event) -> Iterable[tuple[int, Since]]:
    """Units above cells of which something changes by the event itself, and from which day on."""
    facts = event.facts
    if event.code == EventCode.UNIT_MOVED:
        yield from ((facts[name], event.on_date.isoformat()) for name in ("from", "to") if facts.get(name))
    if event.code == EventCode.UNIT_WITHDRAWN and facts.get("parent"):
        yield facts["parent"], EVER
    days = [event.on_date, *(date.fromisoformat(facts[name]) for name in ("due", "due_was") if facts.get(name))]
    yield event.unit_id, min(days).isoformat()
