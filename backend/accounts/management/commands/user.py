"""`manage.py user`: make an account to sign in with."""

from __future__ import annotations

import getpass
import secrets
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from backend.accounts.acting import operator
from backend.accounts.administration import add_user
from backend.core.commands import REFUSED, told

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What cannot be taken for something else when it is read from paper."""


class Command(BaseCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = (
        "Make an account; its password is printed once (or asked for). What it may do is given by `manage.py office`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        adding = doing.add_parser("add", help="a new account")
        adding.add_argument("username", help="the name to sign in with")
        adding.add_argument("--name", required=True, help="the person's full name")
        adding.add_argument("--email", default="", help="where letters go; without it none can be sent")
        adding.add_argument("--ask", action="store_true", help="ask for the password instead of printing one")

    def handle(self, *args: Any, **options: Any) -> None:
        password = _asked() if options["ask"] else "-".join(_group() for _place in range(4))
        with told(self.stdout):
            user = add_user(
                operator(), username=options["username"], full_name=options["name"], email=options["email"],
                hashed=make_password(password),
            )  # fmt: skip
            self.stdout.write(_("%(user)s can sign in.") % {"user": user.username})
            if not options["ask"]:
                self.stdout.write(_("Password, shown this once: %(password)s") % {"password": password})
            if not user.email:
                self.stdout.write(_("Without an address no letter reaches this person."))


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _place in range(4))


def _asked() -> str:
    """Typed twice, unseen. Raises CommandError where they differ or the password is too weak."""
    password = getpass.getpass(_("Password: "))
    if password != getpass.getpass(_("Once more: ")):
        raise CommandError(_("The two passwords differ; nothing was changed."), returncode=REFUSED)
    try:
        validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages), returncode=REFUSED) from None
    return password
