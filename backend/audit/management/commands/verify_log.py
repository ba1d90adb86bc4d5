"""Check the whole log; exit code 1 and a sentence when something is wrong."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.audit.files import read_heads
from backend.audit.verify import Report, verify_log
from backend.core.errors import ChiboError


class Command(BaseCommand):
    help = "Recompute every line, place, subtree and head of the log, and compare members and cases with their events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer as JSON")
        parser.add_argument("--heads", type=Path, help="heads exported earlier that must be part of the log")
        parser.add_argument("--key", action="append", default=[], help="a public key to trust, 64 hexadecimal digits")
        parser.add_argument("--pending-minutes", type=int, default=60, help="how long an event may wait for its place")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            report = verify_log(
                trusted=[bytes.fromhex(key) for key in options["key"]],
                exported=read_heads(options["heads"]),
                pending_after=timedelta(minutes=options["pending_minutes"]),
            )
        except ChiboError as error:
            raise CommandError(str(error)) from None
        except ValueError:
            raise CommandError("--key must be a public key of 64 hexadecimal digits.") from None
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else _words(report))
        if report.fault:
            sys.exit(1)


def _words(report: Report) -> str:
    counted = f"{report.events} events, {report.heads} heads, {report.details} details, {report.waiting} waiting"
    if report.fault:
        return f"FAULT ({report.fault.code}): {report.fault.sentence}\nGood up to there: {counted}."
    compared = f"; compared with their events: {', '.join(report.subjects)}" if report.subjects else ""
    return "\n".join([f"The log is whole: {counted}{compared}.", *report.notes])
