"""Write the signed heads to a file that is kept elsewhere; only such a file shows that a log's end was cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit import epochs, heads
from backend.core.commands import REFUSED, ChiboCommand


class Command(ChiboCommand):
    help = gettext_noop("Export every signed head, one JSON object a line, to FILE.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, file: Path, **_options: Any) -> None:
        try:
            with file.open("w", encoding="utf-8") as target:
                count = sum(1 for line in heads.dump(epochs.export()) if target.write(line))
        except OSError as error:
            sentence = _("%(file)s cannot be written (%(why)s): name another file.")
            raise CommandError(sentence % {"file": file, "why": error.strerror}, returncode=REFUSED) from None
        self.stdout.write(_("Exported %(count)s heads to %(file)s.") % {"count": count, "file": file})
