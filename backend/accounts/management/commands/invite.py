"""`manage.py invite`: an account with an office, and a code on paper with which its owner makes the password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded, user_named
from backend.accounts.invitations import Seat, Slip, invite, invite_again
from backend.accounts.models import User
from backend.core.commands import ChiboCommand, a_day
from workflows.answers import shown
from workflows.offices import UNIT_OFFICES, Office


class Command(ChiboCommand):
    """Exit 0: done; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Invite a person to an office, or again whoever lost the slip or the password: a code is printed, once, with which "
        "the person makes the password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        new = doing.add_parser("new", help=_("a new account with its office"))
        again = doing.add_parser("again", help=_("another code; what signed in before does so no more"))
        for one in (new, again):
            one.add_argument("username", help=_("the name to sign in with"))
        new.add_argument("office", choices=[office.value for office in UNIT_OFFICES])
        new.add_argument("unit", help=_("the unit's code"))
        new.add_argument("--name", required=True, help=_("the person's full name"))
        new.add_argument("--email", default="", help=_("where letters go; without it none can be sent"))
        new.add_argument("--from", dest="since", type=a_day, required=True, metavar="YYYY-MM-DD")
        new.add_argument("--to", dest="until", type=a_day, metavar="YYYY-MM-DD", help=_("the last day, if it is known"))

    def handle(self, *args: Any, **options: Any) -> None:
        actor = operator()
        if options["doing"] == "again":
            slip = invite_again(actor, user_named(options["username"]).pk)
        else:
            unit = unit_coded(actor, options["unit"])
            who = User(username=options["username"], full_name=options["name"], email=options["email"], language="")
            slip = invite(actor, who, Seat(Office(options["office"]), unit.pk, options["since"], options["until"]))
        self._print(slip)

    def _print(self, slip: Slip) -> None:
        words = {
            "user": slip.user.username, "name": slip.user.full_name, "code": slip.code,
            "address": f"{settings.CHIBO_PUBLIC_URL.rstrip('/')}/invitation/",
            "day": shown(localtime(slip.expires_at).date()),
        }  # fmt: skip
        self.stdout.write(_("Invitation for %(name)s, who will sign in as %(user)s.") % words)
        self.stdout.write(_("Code, shown this once: %(code)s") % words)
        self.stdout.write(_("It serves once, up to %(day)s, to make a password at %(address)s.") % words)
