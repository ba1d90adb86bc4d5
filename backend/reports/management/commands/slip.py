"""`manage.py slip`: pages to print for units where somebody must be told on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded
from backend.core import clock
from backend.core.commands import REFUSED, ChiboCommand
from backend.core.db import scoped
from backend.organizations.models import Unit
from backend.reports.slip import printed, slips, unreached


class Command(ChiboCommand):
    """Exit 0; 2 with a sentence where nothing was written."""

    help = gettext_noop(
        "Write a PDF with a page for each unit that must be told on paper: what its offices must see to, without names."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help=_("the unit"))
        parser.add_argument(
            "--unreached", action="store_true",
            help=_("all units at and below it whose offices are reached neither by e-mail nor by chat nor on a device"),
        )  # fmt: skip
        parser.add_argument("--out", required=True, metavar="FILE", help=_("the file to be written"))

    def handle(self, *_args: Any, **options: Any) -> None:
        actor, today = operator(), clock.today()
        unit = unit_coded(actor, options["code"])
        with scoped(unit.path):
            units = unreached(unit.path, today) if options["unreached"] else list(Unit.objects.filter(pk=unit.pk))
            found = slips(actor, units, today)
            if not found:
                raise CommandError(_("There is nothing to be told there on paper."), returncode=REFUSED)
            pages = printed(found, today, get_language() or "vi")
        try:
            Path(options["out"]).write_bytes(pages)
        except OSError as error:
            message = _("%(file)s cannot be written: %(why)s") % {"file": options["out"], "why": error.strerror}
            raise CommandError(message, returncode=REFUSED) from error
        self.stdout.write(_("%(count)s pages are in %(file)s.") % {"count": len(found), "file": options["out"]})
