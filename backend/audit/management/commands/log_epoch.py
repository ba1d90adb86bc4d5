"""After a restore: go on under a new epoch that names the heads the log lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit import epochs
from backend.audit.files import read_some
from backend.core.commands import ChiboCommand, words


class Command(ChiboCommand):
    help = gettext_noop("Begin a new epoch of the log. Run it after a restore, before the jobs start again.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", type=words, required=True, help=_("what was restored, and from when"))
        parser.add_argument("--heads", type=Path, help=_("heads exported before the loss (export_heads)"))
        parser.add_argument(
            "--unannounced",
            action="store_true",
            help=_("go on under a key that the log does not know: all older ones are lost"),
        )

    def handle(self, *_arguments: Any, reason: str, heads: Path | None, unannounced: bool, **_options: Any) -> None:
        epoch = epochs.start_epoch(reason, read_some(heads), unannounced=unannounced)
        sentence = _("Epoch %(number)s began at size %(size)s; it names %(lost)s lost heads.")
        self.stdout.write(sentence % {"number": epoch.number, "size": epoch.size, "lost": epoch.lost})
