"""`manage.py sweep`: what the beat does every minute, by hand; or only shown, without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.alerts.models import Outcome
from backend.alerts.reasons import why
from backend.alerts.rehearsal import Line, Rehearsal, rehearse, too_far
from backend.alerts.sweep import SweepReport, sweep
from backend.alerts.telling import channel_told, rung_told
from backend.core import clock
from backend.core.commands import REFUSED, ChiboCommand, a_count, a_day
from backend.deadlines.titles import title
from backend.jobs.tasks import open_as_of
from workflows.answers import shown
from workflows.ladders.choosing import ladder_title
from workflows.offices import Office


class Command(ChiboCommand):
    help = gettext_noop("Give every due rung its outcome (safe to run at any time, and at once with the worker).")

    def add_arguments(self, parser: CommandParser) -> None:
        day = parser.add_mutually_exclusive_group()
        day.add_argument("--day", type=a_day, help=_("as if the business date were this day (YYYY-MM-DD)"))
        day.add_argument("--as-of", type=a_day, dest="day", help=_("the same, as one says it of a rehearsal"))
        parser.add_argument("--limit", type=a_count, help=_("deadlines at most; of a rehearsal: lines at most"))
        parser.add_argument(
            "--rehearse", action="store_true", help=_("show what would be said, to whom, and change nothing")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["rehearse"]:
            _has_come(options["day"])
            self.stdout.write("\n".join(sums(sweep(options["day"], options["limit"]))))
            return
        day = options["day"] or clock.today()
        if sentence := too_far(day):
            raise CommandError(sentence, returncode=REFUSED)
        for line in told(rehearse(day, limit=options["limit"], opening=open_as_of)):
            self.stdout.write(line)


def _has_come(day: date | None) -> None:
    """Nothing is said for a day to come, but where the business date may be moved (demo, tests). Raises CommandError."""
    if day is not None and day > clock.today() and not settings.CHIBO_MOVABLE_DATE:
        sentence = _("%(day)s has not come yet. Add --rehearse to see what would be said then.")
        raise CommandError(sentence % {"day": shown(day)}, returncode=REFUSED)


def told(found: Rehearsal) -> Iterator[str]:
    """The rehearsal as text: one line for each notice, then the sums."""
    yield from (_line(one) for one in found.lines)
    yield from sums(found.sweep)
    made = {**found.letters}
    words = {"letters": made.pop("letters", 0), "notices": made.pop("enclosed", 0)}
    yield _("Letters in the morning: %(letters)s, with %(notices)s notices") % words
    yield from (f"  {why(reason, get_language() or 'en')}: {count}" for reason, count in sorted(made.items()))
    yield _("Nothing was changed.")


def sums(report: SweepReport) -> Iterator[str]:
    """How many deadlines and rungs were due, and what became of the notices; those by letter are told of with the letters."""
    words = {"day": shown(report.business_day), "deadlines": report.deadlines, "rungs": report.rungs}
    yield _("On %(day)s: %(deadlines)s deadlines, %(rungs)s steps of their ladders") % words
    for outcome, count in sorted(report.notices.items()):
        said = _("For the letters, where somebody reads them") if outcome == Outcome.HELD else Outcome(outcome).label
        yield f"  {said}: {count}"


def _line(one: Line) -> str:
    office = str(Office(one.office).label) if one.office else "–"
    said = why(one.reason, get_language() or "en") or str(Outcome(one.outcome).label)
    what = f"{shown(one.day)}, {rung_told(one.kind, one.levels_up)}"
    if one.ladder_version:
        words = {"ladder": ladder_title(one.ladder), "version": one.ladder_version}
        what += ", " + _("ladder “%(ladder)s”, version %(version)s") % words
    number = f"{one.about_code}/{one.reference}" if one.reference else f"#{one.deadline_id}"
    about = f"{number} {title(one.rule_id)} ({what})"
    return f"{about} → {office}, {one.unit_name} ({one.unit_code}), {channel_told(one.channel)}: {said}"
