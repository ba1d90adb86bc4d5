"""Bring in a commune's folder: units, roster, meetings, attendance, dues."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from backend.accounts.acting import operator
from backend.core.db import WHOLE, scoped
from backend.core.errors import ChiboError
from backend.imports.applying import bring_in
from backend.imports.faults import WARNINGS
from backend.imports.progress import Line, progress_to
from backend.imports.reading import read_commune
from backend.organizations.models import Unit


class Command(BaseCommand):
    """Exit 0: done (faults are in the report); 2: nothing was changed, and one sentence says why."""

    help = "Bring in a commune's folder (units.csv, roster.xlsx, meetings.csv, attendance.csv, dues.csv)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with the five files")
        parser.add_argument("--as-of", required=True, help="the day the roster speaks of, YYYY-MM-DD")
        parser.add_argument("--report", type=Path, help="write the full report to this file, as JSON")
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back and report")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = _day(options["as_of"])
        if options["report"]:
            _refuse_unwritable(options["report"])
        line = progress_to(sys.stderr)
        try:
            report = _run(options["folder"], as_of, line, dry_run=options["dry_run"])
        except ChiboError as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            line.close()
        if options["report"]:
            words = json.dumps(report, ensure_ascii=False, indent=1)
            options["report"].write_text(f"{words}\n", encoding="utf-8")
        for words in _summary(report):
            self.stdout.write(words)


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise CommandError(_("“%(day)s” is no day; write it as YYYY-MM-DD.") % {"day": words}, returncode=2) from None


def _run(folder: Path, as_of: date, line: Line, *, dry_run: bool) -> dict[str, Any]:
    with scoped(WHOLE):
        known = frozenset(Unit.objects.values_list("code", flat=True))
    commune = read_commune(
        folder, as_of, known_units=known, progress=lambda done, total: line.show(_("rows of the roster"), done, total)
    )
    return bring_in(commune, operator(), dry_run=dry_run, progress=line.show)


def _refuse_unwritable(path: Path) -> None:
    """Before anything is changed: afterwards it would be too late to say so."""
    try:
        path.open("a").close()
    except OSError as error:
        sentence = _("The report cannot be written to %(path)s: %(why)s.")
        raise CommandError(sentence % {"path": path, "why": error.strerror}, returncode=2) from error


def _summary(report: dict[str, Any]) -> list[str]:
    counts = report["counts"]
    lines = [
        _("%(rows)s rows: %(taken)s taken, %(left_out)s left out.") % report,
        _("New: %(units)s units, %(people)s people, %(recognitions)s recognition cases, %(tasks)s tasks.") % counts,
        _(
            "New: %(past_meetings)s past meetings, %(planned_meetings)s planned, %(attendance)s attendance, %(dues)s dues."
        )
        % counts,
        _("Unchanged: %(unchanged)s people; %(state_differs)s differ in state and were left as they are.") % counts,
    ]
    lines += [
        f"  {fault['file']} {fault.get('cell') or fault['row']}: {fault['code']}"
        for fault in report["faults"]
        if fault["code"] not in WARNINGS
    ]
    if report.get("dry_run"):
        lines.append(_("Dry run: nothing was changed."))
    elif report["changed"]:
        lines.append(_("Batch %(batch)s (undo it with: manage.py undo_import %(batch)s --reason …).") % report)
    else:
        lines.append(_("Nothing was new; nothing was changed."))
    return lines
