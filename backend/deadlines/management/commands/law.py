"""`manage.py law`: the law as this installation knows it, by day; and what a change of it moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.core.commands import REFUSED, ChiboCommand, a_day
from backend.core.db import WHOLE, scope
from backend.core.nudge import nudge
from backend.deadlines.calendar import calendar
from backend.deadlines.following import follow_law
from backend.deadlines.moving import recorder
from backend.deadlines.moving import told as moved
from backend.deadlines.recompute import recompute
from workflows import law
from workflows.documenting import used_by
from workflows.law import Rule
from workflows.law.words import confidence_of, days_of, note_of, source_of, value_of

RECOMPUTE = "recompute"


class Command(ChiboCommand):
    """Exit 0; 2 with a sentence where what was asked cannot be."""

    help = gettext_noop(
        "List every parameter with its source, days, confidence and the steps that use it. `--on DAY`: what is in force "
        "on a day; `--diff DAY DAY`: what differs between two days. `law recompute`: count every open deadline again under the "
        "law and the calendar as they stand now; those that move do so each with an event."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            nargs="?",
            default="",
            metavar="recompute|ID",
            help=_("recompute: move open deadlines after a change; or a rule's id, as with --rule"),
        )
        parser.add_argument("--dry-run", action="store_true", help=_("with recompute: only show what would move"))
        when = parser.add_mutually_exclusive_group()
        when.add_argument("--on", type=a_day, metavar="DAY", help=_("only what is in force on the day"))
        when.add_argument("--diff", type=a_day, nargs=2, metavar="DAY", help=_("what differs between two days"))
        parser.add_argument("--rule", default="", metavar="ID", help=_("only rules whose id begins so, such as PRO."))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["what"] == RECOMPUTE:
            if options["on"] or options["diff"] or options["rule"]:
                refused = _("law recompute counts as of today, by all rules: leave out --on, --diff and --rule.")
                raise CommandError(refused, returncode=REFUSED)
            actor = operator()
            moves = recompute(dry_run=options["dry_run"], record=recorder(actor.who()), path=actor.path)
            others = follow_law(actor, dry_run=options["dry_run"])
            self.stdout.write("\n".join([*moved(moves, dry_run=options["dry_run"]), *others]))
            nudge("jobs.seal")
            return
        begins = options["rule"] or options["what"]
        rows = [row for row in law.everything() if row.id.startswith(begins)]
        if not rows:
            raise CommandError(_("No rule begins with “%(id)s”.") % {"id": begins}, returncode=REFUSED)
        if options["diff"]:
            self.differ(begins, *options["diff"])
            return
        for row in rows if options["on"] is None else in_force(rows, options["on"]):
            self.stdout.write("\n".join(told(row)))

    def differ(self, begins: str, first: date, second: date) -> None:
        if first > second:
            raise CommandError(_("The first day must not come after the second one."), returncode=REFUSED)
        changes = 0
        _with_what_is_settled()
        for pair in law.differences(first, second):
            for sign, row in zip("-+", pair, strict=True):
                if row is not None and row.id.startswith(begins):
                    changes += 1
                    self.stdout.write("\n".join(f"{sign} {line}" for line in told(row)))
        self.stdout.write(_("%(count)s versions differ.") % {"count": changes} if changes else _("Nothing differs."))


def in_force(rows: Iterable[Rule], day: date) -> Iterator[Rule]:
    """Those that hold on the day; of who decides what this installation has settled, where it has."""
    _with_what_is_settled()
    for row in rows:
        if row.holds(day):
            yield law.competence(row.id, day) if row.id in law.acts() else row


def _with_what_is_settled() -> None:
    """What is looked up next is what this installation has settled of who decides."""
    with transaction.atomic():
        scope(WHOLE)
        calendar()  # with it comes what is settled


def told(row: Rule) -> Iterator[str]:
    """A version in lines: what it says and when, where from, which steps use it."""
    pack = " " + _("(only with the rule pack %(pack)s)") % {"pack": row.pack} if row.pack else ""
    yield f"{row.id}: {value_of(row)} | {days_of(row)} | {confidence_of(row)}{pack}"
    yield f"    {source_of(row)}{'. ' + note_of(row) if row.note and not row.own else ''}"
    if row.start:
        yield "    " + _("Counted from: %(start)s") % {"start": row.start}
    yield "    " + _("Used by: %(steps)s") % {"steps": ", ".join(used_by(row.id)) or _("no step yet")}
