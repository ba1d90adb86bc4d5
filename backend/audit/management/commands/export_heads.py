"""Write the signed heads to a file that is kept elsewhere; only such a file shows that a log's end was cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.audit import epochs, heads


class Command(BaseCommand):
    help = "Export every signed head, one JSON object a line, to FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, file: Path, **_options: Any) -> None:
        try:
            with file.open("w", encoding="utf-8") as target:
                count = sum(1 for line in heads.dump(epochs.export()) if target.write(line))
        except OSError as error:
            raise CommandError(f"{file} cannot be written ({error.strerror}): name another file.") from None
        self.stdout.write(f"Exported {count} heads to {file}.")
