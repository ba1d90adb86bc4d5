"""`manage.py deliver`: make the letters that are due and hand them over, by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backend.alerts.delivery import deliver
from backend.alerts.models import Outcome
from backend.alerts.reasons import why

BECAME: dict[str, Promise | str] = {
    **{one.value: one.label for one in Outcome},
    "again": gettext_lazy("To be tried again"), "overtaken": gettext_lazy("Settled by another run"),
}  # fmt: skip
"""What became of letters."""


class Command(BaseCommand):
    help = "Make the letters that are due and hand them to the SMTP server (safe to run at once with the worker)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="letters at most")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in told(deliver(limit=options["limit"])):
            self.stdout.write(line)


def told(counts: Counter[str]) -> Iterator[str]:
    """What was bundled, then what became of letters and why notices were left out, a line each."""
    words = {"letters": counts["letters"], "notices": counts["enclosed"]}
    yield _("Letters made: %(letters)s, with %(notices)s notices") % words
    for name, count in sorted(counts.items()):
        if name not in ("letters", "enclosed") and count:
            yield f"  {BECAME.get(name) or why(name, get_language() or 'en')}: {count}"
