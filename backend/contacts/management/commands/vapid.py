"""`manage.py vapid`: whether notices go to devices (web push), and a key pair for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.contacts.devices import OFF
from backend.core import vapid
from backend.core.commands import ChiboCommand


class Command(ChiboCommand):
    """Exit 0. Writes nothing: the pair goes into the environment, as every secret does."""

    help = gettext_noop(
        "Say whether this installation sends notices to devices; with --new, print another pair of keys."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help=_("a new pair, as lines for the environment"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["new"]:
            for name, key in vapid.new_pair().items():
                self.stdout.write(f"{name}={key}")
            self.stderr.write(
                _("Only worker and beat get the private key. With another pair every device is added again.")
            )
            return
        public, language = settings.CHIBO_VAPID_PUBLIC_KEY, get_language() or "vi"
        if not public:
            self.stdout.write(f"{OFF.text(language)} {OFF.advice(language)}")
            return
        self.stdout.write(_("Notices go to devices; the public key: %(key)s") % {"key": public})
        if not settings.CHIBO_VAPID_PRIVATE_KEY:
            self.stdout.write(_("This process has no private key, and needs none: worker and beat sign with it."))
