"""In place of Django's `createsuperuser`, which would make an account behind the log."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from backend.core.commands import InsteadOf


class Command(InsteadOf):
    help = gettext_noop("Not here: `manage.py user add` makes an account, as an entry of the log.")
    use = gettext_noop("This would leave no entry in the log; use: manage.py user add NAME --name …")
