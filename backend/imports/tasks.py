"""Tasks that an import leaves behind: deadlines whose rule is a policy, for the cell to complete what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_noop

from backend.cases.changes import Changes
from backend.cases.completing import TASK
from backend.core import clock
from backend.deadlines.calendar import calendar
from backend.deadlines.drafts import draft, laddered
from backend.imports.people import Person
from backend.organizations.laddering import chosen_ladders
from backend.organizations.models import Unit
from workflows import law
from workflows.ladders.choosing import Chosen
from workflows.offices import Level
from workflows.vocabulary import Clock, Situation

FOUND = gettext_noop("Found in the roster")
COMPLETE = Clock(TASK, lambda situation: situation.on, Level.CELL, FOUND)


@dataclass(frozen=True)
class Entered:
    """A person who was put on the lists by this import."""

    person: Person
    unit: Unit
    member_id: int
    event: UUID


def open_tasks(entered: Sequence[Entered], as_of: date, changes: Changes) -> int:
    """A task for each record without a personal id; how many."""
    seen = Situation(on=as_of, today=clock.today(), facts={}, calendar=calendar(), look_up=law.rule)
    wanted = [one for one in entered if not one.person.personal_id]
    chosen = chosen_ladders({one.unit for one in wanted})
    for one in wanted:
        _open(COMPLETE, one, seen, changes, chosen[one.unit.pk])
    return len(wanted)


def _open(task: Clock, one: Entered, seen: Situation, changes: Changes, chosen: Sequence[Chosen]) -> None:
    drafted = draft(task, seen)
    if drafted is None:
        raise AssertionError("the clocks of tasks always start")  # both start on the day of the roster
    drafted = laddered(drafted, chosen)
    place = {"subject_kind": "member", "subject_id": one.member_id, "unit_id": one.unit.pk, "unit_path": one.unit.path}
    acting = {"acting_unit_id": one.unit.pk, "acting_path": one.unit.path, "acting_level": task.acting.value}
    stamp = {"occurrence": str(one.event), "opened_at": clock.now().isoformat(), "reference": ""}
    changes.add("deadlines", {**drafted.columns(), **place, **acting, **stamp})
