"""`manage.py head_slip`: the newest signed head on a sheet of paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.audit.exporting import last_head
from backend.core.commands import ChiboCommand, cannot_write, claimed
from backend.reports.head_slip import is_slip, printed


class Command(ChiboCommand):
    """Exit 0; 2 with a sentence where nothing was written."""

    help = gettext_noop(
        "Write a PDF with the newest signed head of the log, in words and as a QR code, to be kept outside."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("the file to be written"))

    def handle(self, *_args: Any, **options: Any) -> None:
        target = claimed(options["out"], is_slip)
        try:
            head = last_head()
            target.write([printed(head, get_language() or "vi")])
        except OSError as error:
            raise cannot_write(target.path, error) from None
        finally:
            target.drop()
        self.stdout.write(_("The head of %(size)s events is in %(file)s.") % {"size": head.size, "file": target.path})
