"""In place of Django's `changepassword`, which would change a password behind the log."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from backend.core.commands import InsteadOf


class Command(InsteadOf):
    help = gettext_noop("Not here: `manage.py user password` gives a new password, as an entry of the log.")
    use = gettext_noop("This would leave no entry in the log; use: manage.py user password NAME")
