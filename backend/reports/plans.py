"""Plans: how many of a figure a unit is to reach in a year, each with its paper; what was entered before stays on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor, require
from backend.audit.codes import EventCode
from backend.cases import selectors
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import NotFound, NotPermitted, Refused, Unchanged
from backend.core.nudge import nudge
from backend.organizations import tree
from backend.organizations.models import Unit
from backend.reports.figures import PLANNED
from backend.reports.models import PlanTarget
from workflows.answers import Refusal
from workflows.guards.days import not_yet
from workflows.offices import COMMITTEES, Right

ENTERS = Right.RECORD_COMMITTEE
"""The right of those who enter plans: the secretary and the organisation officer of a committee, for it and what is below."""
LARGEST, YEARS_AHEAD = 1_000_000, 5
BAD_YEAR = gettext_noop("A plan is for a year from %(first)s to %(last)s.")
BAD_VALUE = Refusal(
    "plan.bad_value",
    gettext_noop("A plan is a whole number from 1 to %(largest)s."),
    {"largest": LARGEST},
    fact="value",
)
BAD_FIGURE = Refusal("plan.bad_figure", gettext_noop("There is no plan of this."), fact="figure")
NO_PAPER = Refusal(
    "plan.no_paper",
    gettext_noop("A plan is entered with the number of its paper, of at most 60 characters."),
    fact="paper_number",
)
FASTER = Refusal(
    "plan.faster", gettext_noop("Somebody else has entered a plan of this unit meanwhile."),
    remedy=gettext_noop("Look at it below, then send yours again if it is still right."), fact="",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What is entered: `value` of `figure` at a unit in `year`, as the paper of that number and date says."""

    year: int
    figure: str
    value: int
    paper_number: str
    paper_date: date


def enter(actor: Actor, unit_id: int, target: Target, seen: int) -> PlanTarget:
    """Write the next version of a plan with its event, in a transaction of its own.

    `seen` says how many entries of the unit were seen before. Raises NotFound for a unit out of sight, NotPermitted,
    Refused with all that is wrong, Unchanged where it stands so.
    """
    if actor.unit_id is None or actor.user_id is None:
        raise NotPermitted  # a plan is entered by somebody in an office
    with transaction.atomic():
        scope(actor.path)
        if not selectors.units(actor).filter(pk=unit_id, level__in=COMMITTEES).exists():
            raise NotFound
        unit = tree.locked(unit_id)
        require(actor, ENTERS, unit.path)
        if wrong := _faults(target):
            raise Refused(wrong)
        known = current([unit.pk], target.year).get((unit.pk, target.figure))
        said = ("value", "paper_number", "paper_date")
        if known is not None and all(getattr(known, name) == getattr(target, name) for name in said):
            raise Unchanged
        if history(unit.pk).count() != seen:
            raise Refused([FASTER])
        row = PlanTarget(
            unit=unit, unit_path=unit.path, **vars(target), version=known.version + 1 if known else 1,
            office=actor.office.value, office_unit_id=actor.unit_id, user_id=actor.user_id, entered_at=clock.now(),
        )  # fmt: skip
        row.event_uid = _log(actor, unit, target)
        row.save(force_insert=True)
    nudge("jobs.seal")
    return row


def _log(actor: Actor, unit: Unit, target: Target) -> UUID:
    """The event of the entry, which is a version of the unit; the number of the paper stands behind its line."""
    unit.version += 1
    unit.save(update_fields=["version"])
    facts = {
        "figure": target.figure, "year": target.year, "value": target.value, "paper_date": target.paper_date.isoformat(),
    }  # fmt: skip
    words = {"paper_number": target.paper_number}
    return tree.log(actor.who(), unit, EventCode.UNIT_PLANNED, clock.today(), facts, words)


def current(units: Sequence[int], year: int) -> Mapping[tuple[int, str], PlanTarget]:
    """The plans that hold for a year, by unit and figure."""
    rows = PlanTarget.objects.filter(unit__in=units, year=year).order_by("unit", "figure", "-version")
    return {(one.unit_id, one.figure): one for one in rows.distinct("unit", "figure")}


def history(unit_id: int) -> QuerySet[PlanTarget]:
    """Everything that was entered for a unit, the latest first."""
    return PlanTarget.objects.filter(unit=unit_id).order_by("-year", "figure", "-version")


def _faults(target: Target) -> list[Refusal]:
    today = clock.today()
    years = {"first": today.year - 1, "last": today.year + YEARS_AHEAD}
    checked = (
        (years["first"] <= target.year <= years["last"], Refusal("plan.bad_year", BAD_YEAR, years, fact="year")),
        (target.figure in PLANNED, BAD_FIGURE),
        (0 < target.value <= LARGEST, BAD_VALUE),
        (0 < len(target.paper_number.strip()) <= 60, NO_PAPER),
    )
    ahead = not_yet(target.paper_date, today)
    return [refusal for fine, refusal in checked if not fine] + ([replace(ahead, fact="paper_date")] if ahead else [])
