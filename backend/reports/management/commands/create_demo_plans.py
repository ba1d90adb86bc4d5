"""A plan of the sample commune for this year and the next, so that its overview has what the counts are held against."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import actor_for
from backend.accounts.management.commands.create_demo_accounts import codes_of, committee_of
from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.core import clock
from backend.core.commands import REFUSED, ChiboCommand
from backend.core.db import WHOLE, scoped
from backend.core.errors import Unchanged
from backend.organizations.models import Unit
from backend.reports.figures import ADMISSION
from backend.reports.plans import Target, enter, history
from workflows.offices import Office

PLANNED = 14
"""Admissions a year. The sample's commune is made up, and so is its plan."""
PAPER = "01-KH/ĐU"


class Command(ChiboCommand):
    """The commune's secretary enters it, as on the page; what was entered for a year stays. Refused on a server."""

    help = gettext_noop("Enter a plan of admissions for the sample commune (laptop only).")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=Path, default=settings.BASE_DIR / "sample" / "commune", metavar="FOLDER")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if not settings.CHIBO_DEMO_ACCOUNTS:
            raise CommandError(_("Demo accounts exist on a laptop only."), returncode=REFUSED)
        today = clock.today()
        with scoped(WHOLE):
            unit = committee_of(codes_of(options["sample"]))
            actor = _secretary(unit, today) if unit else None
        if unit is None or actor is None:
            self.stdout.write(
                _("The sample commune is not here, or nobody holds its secretary's office: nothing was entered.")
            )
            return
        missing = [year for year in (today.year, today.year + 1) if (year, ADMISSION) not in _entered(actor, unit)]
        if not missing:
            self.stdout.write(Unchanged().said())
        for year in missing:
            target = Target(year, ADMISSION, PLANNED, PAPER, date(today.year, 1, 1))
            enter(actor, unit.pk, target, seen=len(_entered(actor, unit)))
            words = {"unit": unit.name, "count": PLANNED, "year": year}
            self.stdout.write(_("%(unit)s plans %(count)s admissions in %(year)s.") % words)


def _entered(actor: Actor, unit: Unit) -> list[tuple[int, str]]:
    """Year and figure of everything that was entered there."""
    with scoped(actor.path):
        return list(history(unit.pk).values_list("year", "figure"))


def _secretary(unit: Unit, today: date) -> Actor | None:
    """Whoever holds the office at the commune."""
    held = (
        Assignment.objects.filter(unit=unit, office=Office.COMMITTEE_SECRETARY, to_date=None)
        .select_related("user")
        .first()
    )
    if held is None:
        return None
    with transaction.atomic():
        return actor_for(held.user, held.pk, today)
