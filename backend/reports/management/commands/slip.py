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
from backend.core.commands import REFUSED, ChiboCommand, cannot_write, claimed
from backend.core.db import scoped
from backend.organizations.models import Unit
from backend.reports.slip import is_slip, printed, slips, unreached


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
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("the file to be written"))

    def handle(self, *_args: Any, **options: Any) -> None:
        target = claimed(options["out"], is_slip)
        try:
            pages, count = _pages(options["code"], unreached_only=options["unreached"])
            target.write([pages])
        except OSError as error:
            raise cannot_write(target.path, error) from None
        finally:
            target.drop()
        self.stdout.write(_("%(count)s pages are in %(file)s.") % {"count": count, "file": target.path})


def _pages(code: str, *, unreached_only: bool) -> tuple[bytes, int]:
    """The document and how many pages it has. Raises CommandError where there is nothing to be told."""
    actor, today = operator(), clock.today()
    unit = unit_coded(actor, code)
    with scoped(unit.path):
        units = unreached(unit.path, today) if unreached_only else list(Unit.objects.filter(pk=unit.pk))
        found = slips(actor, units, today)
        if not found:
            raise CommandError(_("There is nothing to be told there on paper."), returncode=REFUSED)
        return printed(found, today, get_language() or "vi"), len(found)
