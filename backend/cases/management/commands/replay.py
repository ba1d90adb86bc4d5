"""`manage.py replay`: derive every case, member and deadline again from the log, and name what differs."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.cases.replay import replay
from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    """Exit 0: nothing differs; 1: something does, one sentence each. Nothing is changed either way."""

    help = gettext_noop(
        "Derive the state, dates and facts of every case and member from its events, under the versions of the law they "
        "were decided under, and its deadlines; name every difference from what is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help=_("no progress, only differences and the end"))

    def handle(self, *_args: Any, **options: Any) -> None:
        seen = {"case": 0, "member": 0}

        def progress(kind: str, count: int) -> None:
            seen[kind] = count
            if not options["quiet"]:
                self.stderr.write(_("%(cases)s cases, %(members)s members …") % counted(seen))

        differences = 0
        for sentence in replay(progress):
            differences += 1
            self.stdout.write(sentence)
        words = {**counted(seen), "differences": differences}
        if differences:
            self.stdout.write(_("%(differences)s differences in %(cases)s cases and %(members)s members.") % words)
            sys.exit(1)
        self.stdout.write(
            _("Nothing differs: %(cases)s cases and %(members)s members follow from their events.") % words
        )


def counted(seen: dict[str, int]) -> dict[str, int]:
    return {"cases": seen["case"], "members": seen["member"]}
