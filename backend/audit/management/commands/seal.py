"""Seal what waits, now; the sealing job does the same every few seconds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.audit.sealing import seal_all
from backend.core.errors import ChiboError


class Command(BaseCommand):
    help = "Give every waiting event its place in the log and sign the new head."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        try:
            self.stdout.write(f"Sealed {seal_all()} events.")
        except ChiboError as error:
            raise CommandError(str(error)) from None
