"""`manage.py deliver`: make the letters that are due and hand them over, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.alerts.delivery import deliver


class Command(BaseCommand):
    help = "Make the letters that are due and hand them to the SMTP server (safe to run at once with the worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="letters at most")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = deliver(limit=options["limit"])
        said = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if count)
        self.stdout.write(said or "nothing to deliver")
