"""`manage.py erase_details`: erase what stands behind lines of the log, for one event or all about one member."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.audit.erasing import erase
from backend.core.commands import ChiboCommand, words


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Erase the details behind events of the log for good; their lines stay, and each erasure is an entry."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--event", type=UUID, help=_("the uid of one event"))
        what.add_argument("--member", type=int, help=_("the id of a member: all events about the person"))
        parser.add_argument("--reason", type=words, required=True, help=_("why; kept with every entry"))

    def handle(self, *args: Any, **options: Any) -> None:
        count = erase(operator().who(), options["reason"], event=options["event"], member_id=options["member"])
        self.stdout.write(_("Details of %(count)s events erased.") % {"count": count})
