"""`manage.py reminders`: the reminders of an office go to another one of its unit for some days, and come back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded
from backend.cases.handing import hand_over, take_back_from
from backend.core.commands import ChiboCommand, a_day
from workflows.answers import shown
from workflows.offices import STAND_INS, SUBSTITUTED, Cause, Office


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Hand the reminders of an office, whose holder cannot do it, to another office of the same unit up to a last day, or "
        "give them back. The holder goes on seeing everything; nothing is kept but the days and one word that says nothing of "
        "health."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        handing = doing.add_parser("hand", help=_("to another office, up to a last day"))
        taking = doing.add_parser("return", help=_("to whoever holds the office, from today on"))
        for one in (handing, taking):
            one.add_argument("office", choices=SUBSTITUTED)
            one.add_argument("unit", help=_("the unit's code"))
        others = dict.fromkeys(one.value for offices in STAND_INS.values() for one in offices)
        handing.add_argument("--to", choices=[*others], help=_("the office that stands in (the usual one)"))
        handing.add_argument("--from", dest="since", type=a_day, metavar="DAY", help=_("from this day (today)"))
        handing.add_argument("--until", type=a_day, metavar="DAY", required=True, help=_("the last day"))
        causes = "; ".join(f"{one.value}: {one.label}" for one in Cause)
        why = _("why, in one word (%(causes)s)") % {"causes": causes}
        handing.add_argument("--cause", choices=Cause.values, required=True, help=why)
        handing.add_argument(
            "--said-on", type=a_day, metavar="DAY", help=_("when it was asked for, decided or seen (today)")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor, office = operator(), Office(options["office"])
        unit = unit_coded(actor, options["unit"])
        if options["doing"] == "return":
            take_back_from(actor, unit.pk, office)
            self.stdout.write(
                _("%(office)s, %(unit)s: the reminders come back.") % {"office": office.label, "unit": unit.name}
            )
            return
        to = Office(options["to"]) if options["to"] else None
        done = hand_over(
            actor, unit.pk, office, to=to, until=options["until"], since=options["since"], cause=Cause(options["cause"]),
            said_on=options["said_on"],
        )  # fmt: skip
        words = {
            "office": office.label, "unit": unit.name, "to": Office(done["results"][0]["to"]).label,
            "until": shown(options["until"]),
        }  # fmt: skip
        self.stdout.write(_("%(office)s, %(unit)s: the reminders go to the %(to)s up to and with %(until)s.") % words)
