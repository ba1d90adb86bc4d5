"""Seal what waits, now; the sealing job does the same every few seconds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit.sealing import seal_all
from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    help = gettext_noop("Give every waiting event its place in the log and sign the new head.")

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        self.stdout.write(_("Sealed %(count)s events.") % {"count": seal_all()})
