"""Imports run for tests: who runs them, and every table they may touch, counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backend.accounts.policy import Actor
from backend.audit.models import Event, EventDetail, Pending
from backend.cases.models import Case
from backend.core.db import WHOLE, scoped
from backend.deadlines.models import Deadline
from backend.imports.applying import bring_in
from backend.imports.models import ImportBatch
from backend.imports.reading import read_commune
from backend.members.models import Member, NameWord, Spell
from backend.organizations.models import Unit, UnitSpell
from backend.participation.models import Attendance, DuesEntry
from tests.backend.imports.books import AS_OF, UNITS
from workflows.offices import Level, Office

ANN, BEN = Actor.operator("ann"), Actor.operator("ben")
KEPT = (
    Unit, UnitSpell, Member, NameWord, Spell, Case, Deadline, Event, EventDetail, Pending, Attendance, DuesEntry, ImportBatch,
)  # fmt: skip


def counted() -> dict[str, int]:
    with scoped(WHOLE):
        return {model.__name__: model.objects.count() for model in KEPT}


def load(folder: Path, **options: Any) -> dict[str, Any]:
    """Bring a folder in as Ann, as of the day of the books; the report."""
    return bring_in(read_commune(folder, AS_OF, known_units=frozenset(UNITS)), ANN, **options)


def secretary(code: str) -> Actor:
    """The secretary of a cell, who holds no account."""
    with scoped(WHOLE):
        cell = Unit.objects.get(code=code)
    return Actor(Office.CELL_SECRETARY, cell.path, Level.CELL, cell.pk, user_id=1)
