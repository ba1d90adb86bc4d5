"""A report in a few lines, for whoever runs the command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from backend.imports.faults import DIFFERENCES, WARNINGS, in_words


def summary(report: dict[str, Any], *, kept: bool) -> Iterator[str]:
    """Figures, the faults of the roster one by one, those of the tables by code. `kept`: a report file has them all."""
    counts = report["counts"]
    yield _("The roster tells of people in %(rows)s rows: %(taken)s taken, %(left_out)s left out.") % report
    yield _("New: %(units)s units, %(people)s people, %(recognitions)s recognition cases, %(tasks)s tasks.") % counts
    yield (
        _(
            "New: %(past_meetings)s past meetings, %(planned_meetings)s planned, %(attendance)s attendance, %(dues)s dues."
        )
        % counts
    )
    if counts["cells_too_small"]:
        small = _("%(cells_too_small)s cells have too few official members: a task for the base committee for each.")
        yield small % counts
    yield _("Unchanged: %(unchanged)s people; completed: %(completed)s records.") % counts
    yield from _cautions(report)
    differing = sum(counts[code] for code in DIFFERENCES) + len(report["unit_differs"])
    if differing:
        yield _differing(differing)
    for fault in report["faults"]:
        if fault["code"] not in WARNINGS:
            yield f"  {fault['file']} {fault.get('cell') or fault['row']}: {in_words(fault['code'])}"
    yield from _tables(report["files"])
    if not kept and any(file["faults"] for file in report["files"].values()):
        yield _("Add --report FILE to see each line that was left out.")
    yield _ending(report)


def _cautions(report: dict[str, Any]) -> Iterator[str]:
    if report["newer_roster"]:
        words = {"newer": report["newer_roster"], "day": report["as_of"]}
        yield (
            _("Caution: a roster of %(newer)s stands here already, and this one speaks of %(day)s, before it.") % words
        )
    if report["sheets_passed_over"]:
        sheets = ", ".join(f"“{name}”" for name in report["sheets_passed_over"])
        yield _("Caution: other sheets have people too and were not read: %(sheets)s.") % {"sheets": sheets}


def _differing(count: int) -> str:
    once = _("Once the files say something else than what stands; that was left as it is.")
    return (
        once
        if count == 1
        else _("%(count)s times the files say something else than what stands; that was left as it is.")
        % {"count": count}
    )


def _tables(files: dict[str, Any]) -> Iterator[str]:
    for name, file in files.items():
        if file["faults"]:
            codes = Counter(fault["code"] for fault in file["faults"])
            words = ", ".join(f"{in_words(code)}: {count}" for code, count in sorted(codes.items()))
            figures = {"file": name, "codes": words, **file}
            yield _("  %(file)s: %(taken)s lines taken, %(left_out)s left out (%(codes)s)") % figures


def _ending(report: dict[str, Any]) -> str:
    if report.get("dry_run"):
        return _("Dry run: nothing was changed.")
    if report["changed"]:
        return _("Batch %(batch)s (undo it with: manage.py undo_import %(batch)s --reason …).") % report
    return _("Nothing was new; nothing was changed.")
