"""`manage.py sweep`: what the beat does every minute, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.alerts.sweep import sweep


class Command(BaseCommand):
    help = "Give every due rung its outcome (safe to run at any time, and at once with the worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="as if the business date were this day (YYYY-MM-DD)")
        parser.add_argument("--limit", type=int, help="deadlines at most")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(sweep(options["day"], options["limit"])))
