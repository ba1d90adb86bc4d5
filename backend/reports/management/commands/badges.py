"""`manage.py badges`: who reaches which party badge by a ceremony."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded
from backend.accounts.policy import Actor
from backend.core import clock
from backend.core.commands import ChiboCommand, a_day
from backend.core.db import scoped
from backend.core.tables import MARK, as_csv, lines
from backend.organizations.models import Unit
from backend.reports.badges import ORDER, Entry, candidates, entries
from workflows.answers import shown
from workflows.badges import Ceremony, ceremony_before, ceremony_from


class Command(ChiboCommand):
    """Exit 0; 2 with a sentence where what was asked cannot be."""

    help = gettext_noop(
        "List who reaches which party badge by the ceremony of a day, and is not recorded as having it: for people who ask "
        "for badges and decide on them. Without --on: by the next ceremony."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=a_day, metavar="YYYY-MM-DD", help=_("the day of the ceremony"))
        parser.add_argument("--unit", metavar="CODE", default="", help=_("a unit with all below it"))
        parser.add_argument("--early", action="store_true", help=_("with those who may be awarded early on request"))
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help=_("as JSON, for programs"))
        form.add_argument("--csv", action="store_true", help=_("as CSV, for spreadsheets"))

    def handle(self, *_args: Any, **options: Any) -> None:
        actor = operator()
        path = unit_coded(actor, options["unit"]).path if options["unit"] else ""
        ceremony = Ceremony(options["on"] or ceremony_from(clock.today()), options["early"])
        rows = listed(actor, ceremony, path)
        columns = {
            "unit": _("Unit"), "name": _("Name"), "years": _("Badge (years)"), "reached_on": _("Reached on"), "why": _("Why"),
            "counted_from": _("Party age from"), "member": _("Member"),
        }  # fmt: skip
        if options["csv"]:
            cells = [[shown(row[key]) for key in columns] for row in rows]
            self.stdout.write(MARK + as_csv([list(columns.values()), *cells]), ending="")
            return
        if not options["json"]:
            self.stdout.write(_said(ceremony))
        self.stdout.write("\n".join(lines(columns, rows, as_json=options["json"])))


def listed(actor: Actor, ceremony: Ceremony, path: str) -> list[dict[str, Any]]:
    """The list as rows, in its order."""
    with scoped(actor.path):
        members = list(candidates(actor, ceremony, path).order_by(*ORDER))
        units = Unit.objects.in_bulk({one.unit_id for one in members})
        return [_row(one, units[one.member.unit_id]) for one in entries(actor, ceremony, members)]


def _row(one: Entry, unit: Unit) -> dict[str, Any]:
    return {
        "unit": f"{unit.code} {unit.name}", "name": one.member.full_name, "years": one.found.years,
        "reached_on": one.found.reached_on, "why": str(one.found.kind.label), "counted_from": one.start.day,
        "member": one.member.pk, "kind": one.found.kind.value, "unit_id": unit.pk, "ceremony_on": one.ceremony_on,
    }  # fmt: skip


def _said(ceremony: Ceremony) -> str:
    words = {"on": shown(ceremony.on), "before": shown(ceremony_before(ceremony.on))}
    if ceremony_from(ceremony.on) == ceremony.on:
        return _("Ceremony of %(on)s, the one before on %(before)s.") % words
    return _("%(on)s is no day of the yearly ceremonies; the last one was on %(before)s.") % words
