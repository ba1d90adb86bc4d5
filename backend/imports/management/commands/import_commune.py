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
from backend.core.commands import REFUSED, ChiboCommand, claimed
from backend.core.db import WHOLE, scoped
from backend.core.outfiles import OutFile, json_object
from backend.imports.applying import bring_in
from backend.imports.progress import Line, progress_to
from backend.imports.reading import FILES, read_commune
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
        as_of, kept = _day(options["as_of"]), _Report(options["report"], options["folder"])
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
    """The report's file: claimed before anything is read, never one of the files that are read, and kept once it is done."""

    def __init__(self, path: Path | None, folder: Path) -> None:
        self.file: OutFile | None = None
        if path is None:
            return
        if any(_is_same(path, folder / name) for name in FILES):
            sentence = _("%(file)s is one of the files this command reads: name another one for the report.")
            raise CommandError(sentence % {"file": path}, returncode=REFUSED)
        self.file = claimed(path, json_object("as_of", "files", "faults", "counts", "unit_differs"), private=True)

    def drop(self) -> None:
        """There is nothing to report: what was not there before is not there now."""
        if self.file is not None:
            self.file.drop()

    def write(self, report: dict[str, Any]) -> None:
        """Raises CommandError where the disk is full by now: what was done stays done."""
        if self.file is None:
            return
        try:
            self.file.write([f"{json.dumps(report, ensure_ascii=False, indent=1)}\n"])
        except OSError as error:
            sentence = _(
                "The import itself is done, but its report could not be written to %(path)s: %(why)s; run it again"
                " with another file, which changes nothing."
            )
            raise CommandError(sentence % {"path": self.file.path, "why": error.strerror}, returncode=1) from error


def _is_same(path: Path, other: Path) -> bool:
    """Whether both name one file, by whatever way; one that is not there yet is known by its name."""
    try:
        return path.resolve() == other.resolve() or path.samefile(other)
    except OSError:
        return False
