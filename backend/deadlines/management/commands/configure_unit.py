"""`manage.py configure_unit`: a unit's reminder day for its meetings, and the provincial rule packs that bind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded
from backend.core import clock
from backend.core.commands import ChiboCommand, a_day
from backend.core.db import scope
from backend.core.errors import Refused
from backend.core.nudge import nudge
from backend.deadlines.moving import upcoming
from backend.deadlines.recompute import Move
from backend.deadlines.reminding import follow_settings
from backend.deadlines.titles import title
from backend.organizations.laddering import ladder_history
from backend.organizations.models import Unit
from backend.organizations.settings import (
    Settings,
    configure,
    pack_history,
    packs_on,
    reminder_days,
    unknown,
)
from workflows.answers import Refusal, shown
from workflows.ladders.choosing import ladder_title
from workflows.reminders import of_meeting

SETTLED = ("reminder_day", "no_reminder_day", "pack", "without_pack", "ladder", "without_ladder")
"""The options that settle something."""
BOTH_WAYS = Refusal(
    "unit.pack_both_ways", gettext_noop("The rule pack “%(pack)s” is to be turned on and off at once."), fact="packs",
    remedy=gettext_noop("Say one of the two; for a stretch of days turn it on from one day, then off from another."),
)  # fmt: skip


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Set the day of the month before and on which a unit (with all below it) is reminded of its monthly meeting, turn "
        "provincial rule packs on or off from a day, and choose the ladder of a rule's reminders. Open deadlines follow a "
        "reminder day or a ladder at once; a pack counts for what starts while it is on, a ladder for what is due then. "
        "Without options: show what holds (--on: held on a day), and since when packs and ladders do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help=_("such as 87.107.000.000.001, or shorter"))
        day = parser.add_mutually_exclusive_group()
        day.add_argument("--reminder-day", metavar="DAY", help=_("day of the month, 1 to 31; the nearest unit's holds"))
        day.add_argument(
            "--no-reminder-day", action="store_true", help=_("leave it to the units above, or the province")
        )
        parser.add_argument("--pack", action="append", default=[], help=_("turn a provincial rule pack on"))
        parser.add_argument("--without-pack", action="append", default=[], help=_("turn a pack off that is on here"))
        parser.add_argument(
            "--from", dest="since", type=a_day, metavar="DAY", help=_("the packs and ladders: from this day (today)")
        )
        parser.add_argument(
            "--until", type=a_day, metavar="DAY", help=_("the ladders: to this day (until further notice)")
        )
        parser.add_argument(
            "--ladder", action="append", default=[], metavar="RULE=LADDER", help=_("the ladder of a rule's reminders")
        )
        parser.add_argument(
            "--without-ladder",
            action="append",
            default=[],
            metavar="RULE",
            help=_("the rule's ladder as delivered again"),
        )
        parser.add_argument("--on", type=a_day, metavar="DAY", help=_("show which packs were on on a day (today)"))
        parser.add_argument("--dry-run", action="store_true", help=_("show what would change, and change nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        actor = operator()
        with transaction.atomic():
            found = unit_coded(actor, options["code"])
            scope(actor.path)
            unit = configure(actor.who(), found.pk, lambda own: amended(own, options), on=clock.today())
            rules = {*dict(map(a_choice, options["ladder"])), *options["without_ladder"]}
            moves = follow_settings(actor.who(), unit.path, rules) if unit.version > found.version else []
            if unit.version == found.version and any(options[name] for name in SETTLED):
                self.stdout.write(_("Unchanged: it was so already."))
            self.tell(unit, moves, options["on"] or clock.today())
            transaction.set_rollback(options["dry_run"])
        if options["dry_run"]:
            self.stdout.write(_("Nothing was changed."))
        nudge("jobs.seal")

    def tell(self, unit: Unit, moves: Sequence[Move], on: date) -> None:
        for move in moves:
            day = shown(move.deadline.early_on or move.deadline.due_on)
            words = {"case": move.deadline.reference or f"#{move.deadline.pk}", "day": day, "next": upcoming(move)}
            self.stdout.write(_("%(case)s: reminder day %(day)s, %(next)s") % words)
        packs = packs_on([(unit.pk, on)])[unit.pk, on]
        reminder = of_meeting(reminder_days([unit])[unit.pk], lambda day: packs, on)
        said = reminder.day if reminder else _("the month's last")
        words = {"unit": unit.name, "day": said, "packs": ", ".join(sorted(packs)) or _("none")}
        self.stdout.write(_("%(unit)s: reminder day of the monthly meeting: %(day)s; rule packs: %(packs)s") % words)
        history = pack_history(unit)
        names = dict(Unit.objects.filter(pk__in={key for _turned, key in history}).values_list("pk", "name"))
        for turned, key in history:
            until = shown(turned.until) if turned.until else "…"
            words = {"pack": turned.pack, "since": shown(turned.since), "until": until, "unit": names[key]}
            self.stdout.write("  " + _("%(pack)s: %(since)s – %(until)s (turned on for %(unit)s)") % words)
        for one, key in ladder_history(unit):
            words = {
                "rule": title(one.rule), "ladder": ladder_title(one.ladder), "since": shown(one.since),
                "until": shown(one.until) if one.until else "…", "unit": name_of(key),
            }  # fmt: skip
            self.stdout.write("  " + _("%(rule)s: ladder “%(ladder)s”, %(since)s – %(until)s (for %(unit)s)") % words)


def name_of(unit_id: int) -> str:
    return str(Unit.objects.values_list("name", flat=True).get(pk=unit_id))


def a_choice(text: str) -> tuple[str, str]:
    """RULE=LADDER; whether there are such is looked at by `configure`."""
    rule, _sign, ladder = text.partition("=")
    return rule, ladder


def amended(own: Settings, options: dict[str, Any]) -> Settings:
    """The unit's own settings as the options want them. Raises Refused for packs to be turned off that nobody knows, or
    that are to be turned on too."""
    since = options["since"] or clock.today()
    if wrong := unknown(options["without_pack"]):
        raise Refused(wrong)
    if both := sorted({*options["pack"]} & {*options["without_pack"]}):
        raise Refused([replace(BOTH_WAYS, params={"pack": one}) for one in both])
    if options["no_reminder_day"]:
        own = replace(own, meeting_reminder_day=None)
    elif options["reminder_day"] is not None:
        own = replace(own, meeting_reminder_day=a_number(options["reminder_day"]))
    for pack in options["pack"]:
        own = own.turn(pack, since, on=True)
    for pack in options["without_pack"]:
        own = own.turn(pack, since, on=False)
    for rule, ladder in map(a_choice, options["ladder"]):
        own = own.choose(rule, ladder, since, options["until"])
    for rule in options["without_ladder"]:
        own = own.choose(rule, None, since, options["until"])
    return own


def a_number(text: str) -> int:
    """A whole number, or one that is no day of any month (which `configure` then refuses in words)."""
    return int(text) if text.isdecimal() else 0
