"""`manage.py office`: give a person an office at a unit, and end it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded, user_named
from backend.accounts.assigning import end_office, give_office
from backend.accounts.models import Assignment
from backend.core.commands import a_day, told
from workflows.answers import shown
from workflows.offices import GIVEN_OFFICES, Office


class Command(BaseCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = "Give a person an office at a unit from a day, or end it on a day; each is an entry of the log."

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        giving = doing.add_parser("give", help="from a day on")
        ending = doing.add_parser("end", help="with a last day")
        for one in (giving, ending):
            one.add_argument("user", help="the name that the person signs in with")
            one.add_argument("office", choices=[office.value for office in GIVEN_OFFICES])
            one.add_argument("unit", help="the unit's code")
            one.add_argument("--member", type=int, metavar="ID", help="whom a helper helps: the number of the record")
        giving.add_argument("--from", dest="since", type=a_day, required=True, metavar="YYYY-MM-DD")
        giving.add_argument("--to", dest="until", type=a_day, metavar="YYYY-MM-DD", help="the last day, if it is known")
        ending.add_argument(
            "--to", dest="last_day", type=a_day, required=True, metavar="YYYY-MM-DD", help="the last day"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor, office, about = operator(), Office(options["office"]), {"member_id": options["member"]}
        with told(self.stdout):
            user, unit = user_named(options["user"]), unit_coded(actor, options["unit"])
            if options["doing"] == "give":
                given = give_office(
                    actor, user, office, unit.pk, since=options["since"], until=options["until"], **about
                )
            else:
                given = end_office(actor, user, office, unit.pk, last_day=options["last_day"], **about)
            self.stdout.write(_done(given))


def _done(held: Assignment) -> str:
    words = {"user": held.user.username, "office": Office(held.office).label, "unit": held.unit.name}
    if held.member_id is not None:
        words["unit"] = _("%(unit)s, for the member with the number %(id)s") % {**words, "id": held.member_id}
    if held.to_date is None:
        return _("%(user)s: %(office)s, %(unit)s.") % words
    return _("%(user)s: %(office)s, %(unit)s, up to %(last)s.") % {**words, "last": shown(held.to_date)}
