"""`manage.py bounce`: a delivery report that a mail server sent back, recorded with its letter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.alerts.bounces import Returned, take_report
from backend.alerts.reports import LARGEST
from backend.core.commands import REFUSED, ChiboCommand
from workflows.answers import shown

TRY_AGAIN = 75
"""EX_TEMPFAIL: a mail server that pipes reports here keeps this one and comes back with it."""


class Command(ChiboCommand):
    """Exit 0: recorded, known, nothing final, or about another address; 2: no report, or none of our letters; 75: the database
    was not there."""

    help = gettext_noop(
        "Record a delivery report (RFC 3464) that came back for a letter: its notices say that they reached nobody, and an "
        "address that refuses three letters is set aside. Lets a mail server pipe the mailbox of the sender here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", default="-", help=_("the whole message; without one it is read from the input")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write("\n".join(_told(take_report(_read(options["file"])))))
        except OperationalError as error:
            raise CommandError(_("The database cannot be reached; try again."), returncode=TRY_AGAIN) from error


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(_("%(file)s cannot be read.") % {"file": name}, returncode=REFUSED) from error


def _told(found: Returned) -> list[str]:
    user = found.letter.user
    words = {
        "day": shown(found.letter.day), "user": user.username if user else "–", "count": found.refusals, "most": found.most,
        "action": found.said.action if found.said else "–", "said": found.letter.returned_words,
    }  # fmt: skip
    if found.became == "elsewhere":
        return [
            _(
                "The report about the letter of %(day)s to %(user)s names another address than the one it was sent to, such as "
                "one to which it was handed on; nothing was changed or counted."
            )
            % words
        ]
    if found.became == "not_final":
        return [_("Nothing is settled for the letter of %(day)s to %(user)s yet: %(action)s.") % words]
    if found.became == "known":
        return [_("It was known that the letter of %(day)s to %(user)s did not arrive; nothing was changed.") % words]
    lines = [_("The letter of %(day)s to %(user)s came back: %(said)s") % words]
    if not found.letter.blames_address:
        return [*lines, _("This is not the address's fault; it is not counted.")]
    if found.refusals:
        lines.append(_("Letters that this address refused: %(count)s of %(most)s.") % words)
    if found.set_aside:
        lines.append(_("The address was set aside; the level above is told."))
    return lines
