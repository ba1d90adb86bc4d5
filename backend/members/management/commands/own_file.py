"""`manage.py own_file`: which record on the lists is that of an account's owner, so that nobody acts on the own file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import user_named
from backend.core.commands import ChiboCommand
from backend.members.own_files import tie


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Tie an account to its owner's record on the lists: steps in that file are then refused to that person. Nothing else"
        " comes of it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help=_("the name to sign in with"))
        record = parser.add_mutually_exclusive_group(required=True)
        record.add_argument("--member", type=int, help=_("the number of the record"))
        record.add_argument("--card", default="", help=_("the number of the party card"))
        record.add_argument("--none", action="store_true", help=_("the owner is on no list here"))

    def handle(self, *args: Any, **options: Any) -> None:
        user = tie(operator(), user_named(options["username"]).pk, member=options["member"], card=options["card"])
        said = (
            _("%(user)s is tied to no record.")
            if user.member_id is None
            else _("%(user)s takes no steps in file %(member)s.")
        )
        self.stdout.write(said % {"user": user.username, "member": user.member_id})
