"""`manage.py office`: give a person an office at a unit, and end it; list who holds which."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded, user_named
from backend.accounts.assigning import end_office, give_office
from backend.accounts.listing import offices_on
from backend.accounts.models import Assignment
from backend.core import clock
from backend.core.commands import ChiboCommand, a_day, listable
from backend.core.tables import lines
from workflows.answers import shown
from workflows.offices import GIVEN_OFFICES, Office


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Give a person an office at a unit from a day, or end it on a day, each an entry of the log; or list offices."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        giving = doing.add_parser("give", help=_("from a day on"))
        ending = doing.add_parser("end", help=_("with a last day"))
        for one in (giving, ending):
            one.add_argument("user", help=_("the name that the person signs in with"))
            one.add_argument("office", choices=[office.value for office in GIVEN_OFFICES])
            one.add_argument("unit", help=_("the unit's code"))
            one.add_argument(
                "--member", type=int, metavar="ID", help=_("whom a helper helps: the number of the record")
            )
        giving.add_argument("--from", dest="since", type=a_day, required=True, metavar="YYYY-MM-DD")
        giving.add_argument(
            "--to", dest="until", type=a_day, metavar="YYYY-MM-DD", help=_("the last day, if it is known")
        )
        ending.add_argument(
            "--to", dest="last_day", type=a_day, required=True, metavar="YYYY-MM-DD", help=_("the last day")
        )

        listing = doing.add_parser("list", help=_("who holds which office on a day"))
        listing.add_argument("--unit", metavar="CODE", help=_("of a unit with all below it"))
        listing.add_argument("--user", metavar="NAME", help=_("of one person"))
        listable(listing)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["doing"] == "list":
            self._list(options)
        else:
            self.stdout.write(_done(_change(options)))

    def _list(self, options: dict[str, Any]) -> None:
        unit = unit_coded(operator(), options["unit"]) if options["unit"] else None
        user = user_named(options["user"]) if options["user"] else None
        rows = offices_on(options["on"] or clock.today(), unit, user)
        columns = {
            "unit": _("Unit"), "unit_name": _("Name"), "office": _("Office"), "user": _("Account"), "name": _("Person"),
            "member": _("Helps"), "from": _("From"), "to": _("Up to"),
        }  # fmt: skip
        for line in lines(columns, rows, as_json=options["json"]):
            self.stdout.write(line)


def _change(options: dict[str, Any]) -> Assignment:
    actor, office, about = operator(), Office(options["office"]), {"member_id": options["member"]}
    user, unit = user_named(options["user"]), unit_coded(actor, options["unit"])
    if options["doing"] == "give":
        return give_office(actor, user, office, unit.pk, since=options["since"], until=options["until"], **about)
    return end_office(actor, user, office, unit.pk, last_day=options["last_day"], **about)


def _done(held: Assignment) -> str:
    words = {"user": held.user.username, "office": Office(held.office).label, "unit": held.unit.name}
    if held.member_id is not None:
        words["unit"] = _("%(unit)s, for the member with the number %(id)s") % {**words, "id": held.member_id}
    if held.to_date is None:
        return _("%(user)s: %(office)s, %(unit)s.") % words
    return _("%(user)s: %(office)s, %(unit)s, up to %(last)s.") % {**words, "last": shown(held.to_date)}
