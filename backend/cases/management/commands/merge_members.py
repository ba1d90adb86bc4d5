"""`manage.py merge_members`: other records of a person become part of the one that is kept."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.accounts.acting import operator
from backend.cases.engine import OnMember, perform
from backend.core import clock
from backend.core.commands import ChiboCommand, a_day, told


class Command(ChiboCommand):
    """Exit 0: every record named was merged; 2: this one and those after it were not, and a sentence says why."""

    help = gettext_noop(
        "Merge other records of a person, one after the other, into the one that is kept; each an entry of the log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("keep", type=int, help=_("the member whose record is kept, by id"))
        parser.add_argument("gone", type=int, nargs="+", help=_("the records that go"))
        parser.add_argument("--reason", required=True, help=_("why they are one person"))
        parser.add_argument("--paper", required=True, metavar="NUMBER", help=_("number of the paper that confirms it"))
        parser.add_argument("--issuer", required=True, help=_("who issued the paper"))
        parser.add_argument("--dated", type=a_day, required=True, metavar="YYYY-MM-DD", help=_("the paper's date"))

    def handle(self, *args: Any, **options: Any) -> None:
        paper = {"number": options["paper"], "issuer": options["issuer"], "date": options["dated"].isoformat()}
        facts = {"kept": options["keep"], "reason": options["reason"], "confirmation": paper}
        for record in options["gone"]:
            self.stdout.write(_("Record %(gone)s into record %(kept)s:") % {"gone": record, "kept": options["keep"]})
            with told(self.stdout):
                done = perform(operator(), OnMember(record), "merge", facts, on=clock.today())
                self.stdout.write(_("merged, entry %(event)s.") % {"event": done["event"]})
                for caution in done["cautions"]:
                    self.stdout.write(caution["vi" if get_language() == "vi" else "en"])
