"""Cases and deadlines of a unit that moves pass to the committee above its new place; of one that closes nothing is due."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q

from backend.cases.changes import Changes
from backend.cases.crossing import turn
from backend.cases.loading import lock_cases, see_units
from backend.cases.models import Case
from backend.core import clock
from backend.deadlines.models import Deadline
from workflows.offices import Level


def follow_move(was: str, becomes: str) -> None:
    """Hand open cases and all deadlines of the moved units, where somebody above them acts, to those now above.

    Where it is another unit's turn (a member on the way there), it stays so.
    """
    inside = {"unit_path__gte": becomes, "unit_path__lt": f"{becomes}~"}
    above = [was[: place + 1] for place, sign in enumerate(was[:-1]) if sign == "/"]
    waiting = Case.objects.filter(**inside, acting_path__in=above, closed_on=None).exclude(state="")
    today = clock.today()
    for loaded in lock_cases(waiting.values_list("pk", flat=True)).values():
        unit_id, acting_path = turn(loaded, today)
        Case.objects.filter(pk=loaded.case.pk).update(acting_unit_id=unit_id, acting_path=acting_path)
    due = list(Deadline.objects.filter(**inside, acting_path__in=above))  # closed ones too: who stood above sees none
    units = see_units({one.unit_id for one in due})
    for one in due:
        one.acting_unit_id, one.acting_path = units[one.unit_id].at_level(Level(one.acting_level))
    Deadline.objects.bulk_update(due, ["acting_unit_id", "acting_path"], batch_size=1_000)


def end_tasks(unit_id: int, on: date, event: UUID) -> None:
    """What was due about the unit itself is cancelled with its closing."""
    changes = Changes()
    changes.close("unit", unit_id, on, event, rest=True)
    changes.write()


def open_cases_at(unit_id: int, day: date) -> int:
    """How many open cases are about the unit, or wait for it (they keep it open, whatever the day)."""
    mine = Q(unit_id=unit_id) | Q(acting_unit_id=unit_id)
    return Case.objects.filter(mine, closed_on=None).exclude(state="").count()
