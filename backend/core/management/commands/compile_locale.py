"""Compile locale/*.po to .mo with polib, since a fresh machine has no msgfmt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    """Only catalogues newer than their compiled file are compiled; `make setup` runs this."""

    help = gettext_noop("Compile the translation catalogues.")
    requires_system_checks = ()

    def handle(self, *_arguments: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                    polib.pofile(str(source)).save_as_mofile(str(target))
                    if options["verbosity"] > 1:
                        words = {"catalogue": f"{source.parent.parent.name}/{source.name}"}
                        self.stdout.write(_("Compiled %(catalogue)s.") % words)
