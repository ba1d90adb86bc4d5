"""Check the whole log; exit code 1 and a sentence when something is wrong."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit.codes import SubjectKind
from backend.audit.files import read_some
from backend.audit.verify import Report, verify_log
from backend.core.commands import REFUSED, ChiboCommand


class Command(ChiboCommand):
    help = gettext_noop(
        "Recompute every line, place, subtree and head of the log, and compare members and cases with their events."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("answer as JSON"))
        parser.add_argument("--heads", type=Path, help=_("heads exported earlier that must be part of the log"))
        parser.add_argument(
            "--key", action="append", default=[], help=_("a public key to trust, 64 hexadecimal digits")
        )
        parser.add_argument(
            "--pending-minutes", type=int, default=60, help=_("how long an event may wait for its place")
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        report = verify_log(
            trusted=_keys(options["key"]), exported=read_some(options["heads"]),
            pending_after=timedelta(minutes=options["pending_minutes"]),
        )  # fmt: skip
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else _words(report))
        if report.fault:
            sys.exit(1)


def _words(report: Report) -> str:
    counted = _("%(events)s events, %(heads)s heads, %(details)s details, %(waiting)s waiting") % {
        "events": report.events, "heads": report.heads, "details": report.details, "waiting": report.waiting,
    }  # fmt: skip
    if report.fault:
        words = {"code": report.fault.code, "sentence": report.fault.sentence, "counted": counted}
        return _("FAULT (%(code)s): %(sentence)s\nGood up to there: %(counted)s.") % words
    whole = _("The log is whole: %(counted)s.") % {"counted": counted}
    subjects = ", ".join(str(SubjectKind(kind).label) for kind in report.subjects)
    compared = [_("Compared with their events: %(subjects)s.") % {"subjects": subjects}] if subjects else []
    return "\n".join([whole, *compared, *report.notes])


def _keys(words: list[str]) -> list[bytes]:
    """Raises CommandError for what is no public key."""
    try:
        return [bytes.fromhex(word) for word in words]
    except ValueError:
        sentence = _("--key must be a public key of 64 hexadecimal digits.")
        raise CommandError(sentence, returncode=REFUSED) from None
