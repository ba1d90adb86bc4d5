"""`manage.py deliver`: make the letters that are due and hand them over, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.alerts.delivery import deliver
from backend.alerts.models import Outcome
from backend.alerts.reasons import why
from backend.core.commands import ChiboCommand, a_count

ELSE = {"again": "waits_for_server", "overtaken": "never_answered"}
"""Answers of a delivery that no notice stores, by the reason that says them."""


class Command(ChiboCommand):
    help = gettext_noop(
        "Make the letters that are due and hand them to the SMTP server (safe to run at once with the worker)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=a_count, default=1000, help=_("letters at most"))

    def handle(self, *args: Any, **options: Any) -> None:
        counts = deliver(limit=options["limit"])
        words = {"letters": counts.pop("letters", 0), "notices": counts.pop("enclosed", 0)}
        self.stdout.write(_("Letters made: %(letters)s, with %(notices)s notices") % words)
        for became, count in sorted(counts.items()):
            self.stdout.write(f"  {_said(became)}: {count}")


def _said(became: str) -> str:
    """What became of letters, or why notices went into none."""
    if became in Outcome.values:
        return str(Outcome(became).label)
    return why(ELSE.get(became, became), get_language() or "en")
