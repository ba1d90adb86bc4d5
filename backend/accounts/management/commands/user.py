"""`manage.py user`: make an account to sign in with, give a new password where one was lost, set where letters go; list."""

from __future__ import annotations

import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.addresses import set_address
from backend.accounts.administration import add_user, user_named
from backend.accounts.listing import accounts_on
from backend.accounts.passwords import one_time, reset_password, weaknesses
from backend.accounts.second_factor import reset_factors
from backend.accounts.sessions import end_all_of
from backend.core import clock
from backend.core.commands import REFUSED, ChiboCommand, listable
from backend.core.errors import Refused
from backend.core.tables import lines


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Make an account, or give it a new password; the password is printed once (or asked for) and serves only to "
        "choose another one. What an account may do is given by `manage.py office`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        adding = doing.add_parser("add", help=_("a new account"))
        giving = doing.add_parser(
            "password", help=_("a new one-time password; what was signed in with the old one ends")
        )
        placing = doing.add_parser(
            "address", help=_("where the person's letters go; the same address again confirms it")
        )
        placing.add_argument("username", help=_("the name to sign in with"))
        placing.add_argument("email", help=_("the address"))
        losing = doing.add_parser("factor", help=_("take the second factors from a person who lost them"))
        losing.add_argument("username", help=_("the name to sign in with"))
        leaving = doing.add_parser(
            "sign-out", help=_("end whatever a person is signed in with, as when a phone was lost")
        )
        leaving.add_argument("username", help=_("the name to sign in with"))
        listable(doing.add_parser("list", help=_("every account, with the offices it holds on a day")))
        for one in (adding, giving):
            one.add_argument("username", help=_("the name to sign in with"))
            one.add_argument("--ask", action="store_true", help=_("ask for the password instead of printing one"))
        adding.add_argument("--name", required=True, help=_("the person's full name"))
        adding.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default="",
            help=_("of the person's letters; without it that of the installation"),
        )  # fmt: skip
        adding.add_argument("--email", default="", help=_("where letters go; without it none can be sent"))

    def handle(self, *args: Any, **options: Any) -> None:
        doing = {
            "add": self._add, "password": self._give, "address": self._place, "factor": self._lose, "list": self._list,
            "sign-out": self._sign_out,
        }  # fmt: skip
        doing[options["doing"]](options)

    def _list(self, options: dict[str, Any]) -> None:
        columns = {
            "user": _("Account"), "name": _("Person"), "email": _("Address"),
            "offices": _("Offices"), "one_time_password": _("One-time password"), "last_sign_in": _("Last sign-in"),
            "address_dead_since": _("Refuses letters since"),
        }  # fmt: skip
        rows = accounts_on(options["on"] or clock.today())
        for line in lines(columns, rows, as_json=options["json"]):
            self.stdout.write(line)

    def _add(self, options: dict[str, Any]) -> None:
        password = _chosen(options)
        user = add_user(
            operator(), username=options["username"], full_name=options["name"], email=options["email"],
            hashed=make_password(password), language=options["language"],
        )  # fmt: skip
        self.stdout.write(_("%(user)s can sign in.") % {"user": user.username})
        self._hand_over(password, options)
        if not user.email:
            self.stdout.write(_("Without an address no letter reaches this person."))

    def _give(self, options: dict[str, Any]) -> None:
        user = user_named(options["username"])
        password = _chosen(options)
        reset_password(operator(), user.pk, make_password(password))
        self.stdout.write(_("%(user)s has a new password; whatever was signed in has ended.") % {"user": user.username})
        self._hand_over(password, options)

    def _place(self, options: dict[str, Any]) -> None:
        user = set_address(operator(), user_named(options["username"]).pk, options["email"])
        self.stdout.write(_("Letters to %(user)s go to %(email)s.") % {"user": user.username, "email": user.email})

    def _lose(self, options: dict[str, Any]) -> None:
        user = reset_factors(operator(), user_named(options["username"]).pk)
        said = _("%(user)s has no second factor any more; whatever was signed in has ended.")
        self.stdout.write(said % {"user": user.username})

    def _sign_out(self, options: dict[str, Any]) -> None:
        user = user_named(options["username"])
        said = _("%(user)s: %(count)s sessions and tokens have ended. The password stays as it is.")
        self.stdout.write(said % {"user": user.username, "count": end_all_of(operator(), user.pk)})

    def _hand_over(self, password: str, options: dict[str, Any]) -> None:
        if not options["ask"]:
            self.stdout.write(_("Password, shown this once: %(password)s") % {"password": password})
        where = {"address": f"{settings.CHIBO_PUBLIC_URL.rstrip('/')}/password/"}
        self.stdout.write(_("It serves only to choose another one, at %(address)s.") % where)


def _chosen(options: dict[str, Any]) -> str:
    """The one-time password: made, or typed twice, unseen. Raises CommandError where they differ, Refused for a weak one."""
    if not options["ask"]:
        return one_time()
    password = getpass.getpass(_("Password: "))
    if password != getpass.getpass(_("Once more: ")):
        raise CommandError(_("The two passwords differ; nothing was changed."), returncode=REFUSED)
    if wrong := weaknesses(password):
        raise Refused(wrong)
    return password
