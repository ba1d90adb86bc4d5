"""`manage.py competence`: who decides which act; settle it for this installation, or withdraw what was settled."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.core import clock
from backend.core.commands import ChiboCommand, a_day
from backend.core.db import scope
from backend.core.nudge import nudge
from backend.deadlines.calendar import calendar
from backend.deadlines.deciding import settle_act, withdraw_act
from workflows import law
from workflows.law.words import confidence_of, days_of, source_of
from workflows.offices import Level


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Who decides which act on a day (--on; default today). With an act and levels: settle it, or --withdraw."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", nargs="?", help=_("such as recognise"))
        parser.add_argument("levels", nargs="*", metavar="level", help=_("the levels that decide, the usual one first"))
        parser.add_argument("--on", type=a_day, metavar="DAY", help=_("who decides on this day"))
        parser.add_argument("--from", dest="since", type=a_day, metavar="DAY", help=_("the first day"))
        parser.add_argument("--to", type=a_day, metavar="DAY", help=_("the last day; without it until further notice"))
        parser.add_argument("--source", default="", help=_("number, issuer and date of the paper that settles it"))
        parser.add_argument("--withdraw", action="store_true", help=_("what was settled from that day no longer holds"))

    def handle(self, *_args: Any, **options: Any) -> None:
        actor, act, today = operator(), options["act"], clock.today()
        since, source = options["since"] or today, options["source"]
        with transaction.atomic():
            scope(actor.path)
            if act and options["withdraw"]:
                withdraw_act(actor, act, since=since, source=source)
            elif act and not (act in law.acts() and options["on"] and not options["levels"]):
                settle_act(actor, act, options["levels"], since=since, until=options["to"], source=source)
            calendar()  # with it comes what is settled
            for one in [act] if act in law.acts() else law.acts():
                day = options["on"] or since
                row = law.competence(one, day)
                levels = ", ".join(str(Level(level).label) for level in row.value)
                sure = "" if row.own else f" | {confidence_of(row)}"
                if row.from_ and day < row.from_:
                    sure = " | " + _("none is known for that day; the oldest is taken")
                self.stdout.write(f"{one}: {levels} | {days_of(row)}{sure} | {source_of(row)}")
        nudge("jobs.seal")
        nudge("jobs.follow_calendar")
