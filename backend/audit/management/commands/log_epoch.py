"""After a restore: go on under a new epoch that names the heads the log lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.audit import epochs
from backend.audit.files import read_heads
from backend.core.errors import ChiboError


class Command(BaseCommand):
    help = "Begin a new epoch of the log. Run it after a restore, before the jobs start again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="what was restored, and from when")
        parser.add_argument("--heads", type=Path, help="heads exported before the loss (export_heads)")

    def handle(self, *_arguments: Any, reason: str, heads: Path | None, **_options: Any) -> None:
        try:
            epoch = epochs.start_epoch(reason, read_heads(heads))
        except ChiboError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Epoch {epoch.number} began at size {epoch.size}; it names {epoch.lost} lost heads.")
