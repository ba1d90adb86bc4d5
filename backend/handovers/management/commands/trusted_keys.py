"""`manage.py trusted_keys`: the keys of other installations whose hand-over files are believed here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.core.commands import REFUSED, ChiboCommand, told
from backend.core.db import scope
from backend.core.nudge import nudge
from backend.handovers.checking import shown_key
from backend.handovers.keys import trust, withdraw
from backend.handovers.models import TrustedKey


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Keys of other installations. Enter one only after its owner has told it to you by another way than the file "
        "(telephone, letter): a file under it is believed from then on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        doing.add_parser("list", help=_("those entered here, the withdrawn ones too"))
        adding = doing.add_parser("add", help=_("believe files that this key signs"))
        adding.add_argument("key", nargs="+", help=_("64 hexadecimal digits, in groups or not"))
        adding.add_argument("--name", required=True, help=_("whose key it is; it stands beside the histories"))
        adding.add_argument("--basis", required=True, help=_("who told it, how, and on which day"))
        ending = doing.add_parser("withdraw", help=_("believe it no longer"))
        ending.add_argument("key", nargs="+", help=_("64 hexadecimal digits, in groups or not"))
        ending.add_argument("--basis", required=True, help=_("why, and by which paper"))

    def handle(self, *_args: Any, **options: Any) -> None:
        actor, doing, key = operator(), options["doing"], "".join(options.get("key", ()))
        if doing != "list" and settings.CHIBO_ROLE == "app":
            raise CommandError(_("The web's role enters no keys: run this where the jobs run."), returncode=REFUSED)
        with told(self.stdout), transaction.atomic():
            scope(actor.path)
            if doing == "add":
                trust(actor, key, installation=options["name"], basis=options["basis"])
            elif doing == "withdraw":
                withdraw(actor, key, basis=options["basis"])
            rows = list(TrustedKey.objects.order_by("id"))
            if not rows:
                self.stdout.write(_("No key of another installation has been entered here."))
            for row in rows:
                ended = f" | {_('withdrawn')}" if row.withdrawn else ""
                self.stdout.write(f"{shown_key(bytes(row.public_key))} | {row.installation} | {row.basis}{ended}")
        if doing != "list":
            nudge("jobs.seal")
