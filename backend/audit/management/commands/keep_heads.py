"""Keep the last head of each day in a folder, as the jobs do where CHIBO_HEADS_DIR names one; for a timer of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit.kept_heads import keep
from backend.audit.promised import FILE
from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    help = gettext_noop(
        "Add the last signed head of each day that is over to a file in FOLDER that is never overwritten."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help=_("best on another machine, or on a disk that leaves the house"))

    def handle(self, *_arguments: Any, folder: Path, **_options: Any) -> None:
        words = {"count": keep(folder), "file": folder / FILE}
        self.stdout.write(_("Added %(count)s heads to %(file)s.") % words)
