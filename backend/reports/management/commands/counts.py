"""`manage.py counts`: the figures of overviews, counted anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.core.commands import REFUSED, ChiboCommand
from backend.reports import counting


class Command(ChiboCommand):
    """Exit 0. Under the jobs' role: nobody else counts."""

    help = gettext_noop(
        "The figures of overviews. They follow the log by themselves; --rebuild counts all of them anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help=_("count every unit anew, the lowest level first"))

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["rebuild"]:
            raise CommandError(_("Nothing was asked for: --rebuild counts everything anew."), returncode=REFUSED)
        self.stdout.write(_("%(count)s figures were put right.") % {"count": counting.rebuild()})
