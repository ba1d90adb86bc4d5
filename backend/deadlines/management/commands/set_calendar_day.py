"""`manage.py set_calendar_day`: enter a day off or a day worked as announced, see what it moves, then move it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.core.commands import ChiboCommand, a_day
from backend.core.db import scope
from backend.core.nudge import nudge
from backend.deadlines import moving
from backend.deadlines.following import follow_calendar, rehearse
from backend.deadlines.overrides import set_day, withdraw_day


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why.

    The day stands once it is entered; should moving the deadlines be cut off, the worker moves the rest.
    """

    help = gettext_noop(
        "Declare a day off (--off) or worked (--worked), or take back what was declared (--withdraw); open deadlines it "
        "touches move, each with an event."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", type=a_day)
        kind = parser.add_mutually_exclusive_group(required=True)
        kind.add_argument("--off", action="store_true", help=_("nobody works on this day"))
        kind.add_argument("--worked", action="store_true", help=_("this day is worked, e.g. a make-up Saturday"))
        kind.add_argument("--withdraw", action="store_true", help=_("what was entered for this day no longer holds"))
        parser.add_argument("--name", default="", help=_("what people call it; shown in explanations"))
        parser.add_argument("--basis", required=True, help=_("number, issuer and date of the announcement"))
        parser.add_argument("--dry-run", action="store_true", help=_("only show which deadlines would move"))

    def handle(self, *args: Any, **options: Any) -> None:
        actor, dry = operator(), options["dry_run"]

        def change() -> None:
            if options["withdraw"]:
                withdraw_day(actor, options["day"], basis=options["basis"])
            else:
                set_day(actor, options["day"], off=options["off"], name=options["name"], basis=options["basis"])

        if dry:
            moves = rehearse(actor, change)
        else:
            with transaction.atomic():
                scope(actor.path)
                change()
            moves = follow_calendar(actor.who())
        self.stdout.write("\n".join(moving.told(moves, dry_run=dry)))
        nudge("jobs.seal")
