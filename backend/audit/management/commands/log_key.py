"""`manage.py log_key`: the keys that sign the log's heads, and the way from one to the next."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit import log_keys
from backend.core.commands import ChiboCommand, told, words


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Keys that sign the log. For another one: `new`, `announce` it, start the jobs with its seed, `retire` the old one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        doing.add_parser("list", help=_("those that have signed or were announced"))
        doing.add_parser("new", help=_("make a key; nothing of it is kept"))
        for name, help_text in (
            ("announce", _("say in the log, under the present key, that heads may be signed with this one too")),
            ("retire", _("say in the log that no later head is to be believed under this one")),
        ):
            one = doing.add_parser(name, help=help_text)
            one.add_argument("key", help=_("the public key, 64 hexadecimal digits"))
            one.add_argument("--reason", type=words, required=True, help=_("why, and by whose decision"))

    def handle(self, *_args: Any, **options: Any) -> None:
        doing = options["doing"]
        if doing == "new":
            seed, public = log_keys.fresh()
            self.stdout.write(_("Seed, for CHIBO_SIGNING_KEY of the jobs alone (a secret): %(seed)s") % {"seed": seed})
            self.stdout.write(_("Public key, to be announced: %(key)s") % {"key": public})
            return
        with told(self.stdout):
            if doing == "announce":
                log_keys.announce(options["key"], options["reason"])
            elif doing == "retire":
                log_keys.retire(options["key"], options["reason"])
            for one in log_keys.known():
                self.stdout.write(" | ".join([one.name, one.public_key.hex(), *_said(one)]))


def _said(one: log_keys.LogKey) -> list[str]:
    said = [_("signs now")] if one.signs else []
    said += [_("announced on %(day)s") % {"day": one.since.strftime("%d/%m/%Y")}] if one.since else []
    return said + ([_("retired on %(day)s") % {"day": one.until.strftime("%d/%m/%Y")}] if one.until else [])
