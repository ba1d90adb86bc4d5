"""`manage.py status`: whether everything behind the reminders still runs."""

from __future__ import annotations

import sys
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.alerts.health import look
from backend.alerts.reasons import answer_in_words
from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    help = gettext_noop(
        "Say in one line whether everything runs, then each part. Exit code 1 where something is stuck."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        health = look()
        self.stdout.write(health.line())
        for part in health.parts:
            seen = timezone.localtime(part.seen_at).strftime("%d/%m/%Y %H:%M:%S") if part.seen_at else "–"
            state = _("stuck") if part.stuck else _("ok")
            waiting = _("%(count)s waiting") % {"count": part.waiting}
            self.stdout.write(
                f"  {state:<8} {part.name}: {seen}, {waiting} {answer_in_words(part.error, get_language() or 'en')}".rstrip()
            )
        if health.stuck:
            sys.exit(1)
