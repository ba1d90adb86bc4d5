"""Bring in a commune's folder: units, roster, meetings, attendance, dues."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.core.commands import ChiboCommand
from backend.core.db import WHOLE, scoped
from backend.imports.applying import bring_in
from backend.imports.progress import Line, progress_to
from backend.imports.reading import read_commune
from backend.imports.summary import summary
from backend.organizations.models import Unit


class Command(ChiboCommand):
    """Exit 0: done (faults are in the report); 2: nothing was changed, and one sentence says why; 1: done, not reported."""

    help = gettext_noop("Bring in a commune's folder (units.csv, roster.xlsx, meetings.csv, attendance.csv, dues.csv).")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help=_("the folder with the five files"))
        parser.add_argument("--as-of", required=True, help=_("the day the roster speaks of, YYYY-MM-DD"))
        parser.add_argument("--report", type=Path, help=_("write the full report to this file, as JSON"))
        parser.add_argument("--dry-run", action="store_true", help=_("do everything, then take it back and report"))

    def handle(self, *args: Any, **options: Any) -> None:
        as_of, kept = _day(options["as_of"]), _Report(options["report"])
        line = progress_to(sys.stderr)
        try:
            report = _run(options["folder"], as_of, line, dry_run=options["dry_run"])
        except BaseException as error:
            kept.drop()
            if isinstance(error, KeyboardInterrupt):
                raise CommandError(_("Stopped; nothing was changed."), returncode=130) from None
            raise
        finally:
            line.close()
        for words in summary(report, kept=options["report"] is not None):
            self.stdout.write(words)
        kept.write(report)


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise CommandError(_("“%(day)s” is no day; write it as YYYY-MM-DD.") % {"day": words}, returncode=2) from None


def _run(folder: Path, as_of: date, line: Line, *, dry_run: bool) -> dict[str, Any]:
    with scoped(WHOLE):
        known = frozenset(Unit.objects.values_list("code", flat=True))
    what = _("lines of the roster's sheet, headings and blank ones too")
    commune = read_commune(folder, as_of, known_units=known, progress=lambda done, total: line.show(what, done, total))
    return bring_in(commune, operator(), dry_run=dry_run, progress=line.show)


class _Report:
    """The report's file: tried before anything is changed, since afterwards it would be too late to say so."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        if path is None:
            return
        try:
            self.is_new = not path.exists()
            path.open("a").close()
        except OSError as error:
            sentence = _("The report cannot be written to %(path)s: %(why)s.")
            raise CommandError(sentence % {"path": path, "why": error.strerror}, returncode=2) from error

    def drop(self) -> None:
        """There is nothing to report: what was not there before is not there now."""
        if self.path is not None and self.is_new:
            self.path.unlink(missing_ok=True)

    def write(self, report: dict[str, Any]) -> None:
        """Raises CommandError where the disk is full by now: what was done stays done."""
        if self.path is None:
            return
        try:
            self.path.write_text(f"{json.dumps(report, ensure_ascii=False, indent=1)}\n", encoding="utf-8")
        except OSError as error:
            sentence = _(
                "The import itself is done, but its report could not be written to %(path)s: %(why)s; run it again"
                " with another file, which changes nothing."
            )
            raise CommandError(sentence % {"path": self.path, "why": error.strerror}, returncode=1) from error
