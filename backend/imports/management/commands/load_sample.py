"""Bring in the sample commune and make accounts to try it with."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    """Changes nothing where the sample is there already."""

    help = gettext_noop("Bring in the sample commune (sample/commune) and print accounts to try it with.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "sample" / "commune"
        try:
            as_of = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["as_of"]
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(
                _("There is no sample commune in %(folder)s.") % {"folder": folder}, returncode=2
            ) from error
        call_command("import_commune", str(folder), "--as-of", as_of, stdout=self.stdout)
        call_command("create_demo_accounts", sample=folder, stdout=self.stdout)
        call_command("create_demo_plans", sample=folder, stdout=self.stdout)
