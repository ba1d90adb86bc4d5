"""Cases and deadlines of a unit that moves pass to the committee above its new place; of one that closes nothing is due."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from backend.audit.models import Event
from backend.cases.changes import Changes
from backend.cases.crossing import turn
from backend.cases.loading import lock_cases, see_units
from backend.cases.models import Case
from backend.cases.voiding import take_back
from backend.core import clock
from backend.deadlines.models import Deadline
from workflows.offices import Level, Office


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
    """What was due about the unit itself is cancelled with its closing, and the meetings planned there are taken back."""
    changes = Changes()
    changes.close("unit", unit_id, on, event, rest=True)
    changes.write()
    planned = list(_planned_by_itself(unit_id, on).values_list("pk", flat=True))
    openings = Event.objects.filter(subject_kind="case", subject_id__in=planned).order_by("-id")
    if planned:
        take_back(list(openings), gettext("The unit was closed."))


def open_cases_at(unit_id: int, day: date) -> int:
    """How many open cases keep the unit open."""
    return keeping_open(unit_id, day).count()


def keeping_open(unit_id: int, day: date) -> QuerySet[Case]:
    """The open cases that are about the unit, or wait for it (they keep it open, whatever the day).

    The meetings that Chibo planned for the months from the day on do not: nobody can end them before their time.
    """
    mine = Q(unit_id=unit_id) | Q(acting_unit_id=unit_id)
    left = Case.objects.filter(mine, closed_on=None).exclude(state="")
    return left.exclude(pk__in=_planned_by_itself(unit_id, day))


def _planned_by_itself(unit_id: int, day: date) -> QuerySet[Case]:
    """Regular meetings of the day's month and later that Chibo or a roster planned and nobody has touched since."""
    nobody = Event.objects.filter(subject_kind="case", subject_id=OuterRef("pk"), version=1).filter(
        Q(office=Office.SYSTEM) | Q(batch__isnull=False)
    )
    return Case.objects.filter(
        Exists(nobody), unit_id=unit_id, lifecycle="meeting", state="planned", version=1, closed_on=None,
        exclusive_key__startswith="regular:", exclusive_key__gte=f"regular:{day:%Y-%m}",
    )  # fmt: skip
