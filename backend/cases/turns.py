"""Cases and deadlines of a unit that moves pass to the committee above its new place; of one that closes nothing is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from backend.audit.models import Event
from backend.cases.changes import Changes
from backend.cases.crossing import met_there, turn
from backend.cases.loading import code_there, lock_cases, named_units, see_units
from backend.cases.models import Case
from backend.cases.voiding import take_back
from backend.core import clock
from backend.core.db import WHOLE, reaching
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from workflows.catalogue import PAGES
from workflows.offices import Level, Office


def follow_move(was: str, becomes: str) -> None:
    """Hand open cases and all deadlines of the moved units, and of members on the way to them or staying there, where somebody
    above them acts, to those now above.

    Where it is another unit's turn (of a case of a moved unit, that of a member on the way elsewhere), it stays so.
    """
    below = {"path__gte": becomes, "path__lt": f"{becomes}~"}
    inside = Q(**{f"unit_{name}": value for name, value in below.items()})
    above = [was[: place + 1] for place, sign in enumerate(was[:-1]) if sign == "/"]
    codes = list(Unit.objects.filter(**below).values_list("code", flat=True))
    with reaching([WHOLE]):  # the members come from anywhere
        towards = Case.objects.filter(
            reduce(or_, (Q(lifecycle=page.key, **{f"facts__{page.there}__in": codes}) for page in PAGES if page.there))
        )
        waiting = Case.objects.filter(inside | Q(pk__in=towards), acting_path__in=above, closed_on=None).exclude(
            state=""
        )
        today = clock.today()
        for loaded in lock_cases(waiting.values_list("pk", flat=True)).values():
            unit_id, acting_path = turn(loaded, today)
            Case.objects.filter(pk=loaded.case.pk).update(acting_unit_id=unit_id, acting_path=acting_path)
        shared = Q(subject_kind="case", subject_id__in=towards.values("pk"))
        # closed ones too: who stood above sees none
        _follow_deadlines(list(Deadline.objects.filter(inside | shared, acting_path__in=above)))


def _follow_deadlines(due: Sequence[Deadline]) -> None:
    """Each is met at its level above the unit of its subject, or above the other unit of its case where its clock says so."""
    units = see_units({one.unit_id for one in due})
    shared = {one.subject_id for one in due if one.subject_kind == "case" and one.rule_id in met_there()}
    codes = {one.pk: code_there(one.lifecycle, one.facts) for one in Case.objects.filter(pk__in=shared)}
    theirs = named_units(set(codes.values()))
    for one in due:
        there = theirs.get(codes.get(one.subject_id, "")) if one.rule_id in met_there() else None
        one.acting_unit_id, one.acting_path = (there or units[one.unit_id]).at_level(Level(one.acting_level))
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
