"""`manage.py backup_made`: the last line of a script that makes backups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.alerts.backups import made
from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    help = gettext_noop("Note that a backup was made; the page of the system's health says how old the last one is.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=datetime.fromisoformat, help=_("when, as 2026-11-02T02:00 (without: now)"))

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["at"]
        moment = made(timezone.make_aware(at) if at is not None and timezone.is_naive(at) else at)
        words = {"moment": timezone.localtime(moment).strftime("%d/%m/%Y %H:%M")}
        self.stdout.write(_("A backup of %(moment)s is noted.") % words)
