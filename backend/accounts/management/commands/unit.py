"""`manage.py unit`: open, move and close units on a day; list them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import close_unit, move_unit, open_unit, unit_coded
from backend.accounts.listing import units_on
from backend.core import clock
from backend.core.commands import ChiboCommand, a_day, listable
from backend.core.tables import lines
from workflows.offices import Level


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop("Open, move or close a unit on a day, each an entry of the log; or list the units.")

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        opening = doing.add_parser("open", help=_("a new unit"))
        opening.add_argument("code", help=_("such as 87.107.000.000.001, or shorter"))
        opening.add_argument("name")
        opening.add_argument("level", choices=Level.values)
        opening.add_argument("--under", metavar="CODE", help=_("the unit above; left out for the top of the tree"))
        moving = doing.add_parser("move", help=_("put a unit, with all below it, under another one"))
        moving.add_argument("code")
        moving.add_argument(
            "--under", metavar="CODE", required=True, help=_("the unit it stands below from that day on")
        )
        closing = doing.add_parser("close", help=_("from the day on the unit no longer is"))
        closing.add_argument("code")
        for one in (opening, moving, closing):
            one.add_argument("--on", type=a_day, required=True, metavar="YYYY-MM-DD")
        listing = doing.add_parser("list", help=_("the tree as it stood on a day"))
        listing.add_argument("--under", metavar="CODE", default="", help=_("a unit with all below it"))
        listable(listing)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(getattr(self, f"_{options['doing']}")(options))

    def _list(self, options: dict[str, Any]) -> str:
        columns = {"code": _("Code"), "name": _("Name"), "level": _("Level")}
        rows = units_on(options["on"] or clock.today(), options["under"])
        if not options["json"]:
            rows = [{**row, "name": "  " * row["depth"] + row["name"]} for row in rows]
        return "\n".join(lines(columns, rows, as_json=options["json"]))

    def _open(self, options: dict[str, Any]) -> str:
        actor = operator()
        parent = unit_coded(actor, options["under"]) if options["under"] else None
        unit = open_unit(
            actor, code=options["code"], name=options["name"], level=Level(options["level"]),
            parent_id=parent.pk if parent else None, on=options["on"],
        )  # fmt: skip
        return _("%(unit)s is open.") % {"unit": unit.name}

    def _move(self, options: dict[str, Any]) -> str:
        actor = operator()
        parent = unit_coded(actor, options["under"])
        unit = move_unit(actor, unit_coded(actor, options["code"]).pk, parent.pk, on=options["on"])
        return _("%(unit)s stands below %(parent)s now.") % {"unit": unit.name, "parent": parent.name}

    def _close(self, options: dict[str, Any]) -> str:
        actor = operator()
        unit = close_unit(actor, unit_coded(actor, options["code"]).pk, on=options["on"])
        return _("%(unit)s is closed.") % {"unit": unit.name}
