"""`manage.py handover`: a transferred member's history goes to another installation in a file, and is taken in there."""

from __future__ import annotations

import getpass
import os
import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded
from backend.accounts.passwords import one_time
from backend.core import clock
from backend.core.commands import REFUSED, ChiboCommand, a_day, told
from backend.core.db import scope
from backend.handovers.checking import shown_key
from backend.handovers.envelope import is_sealed, need_long, seal
from backend.handovers.histories import first_fault
from backend.handovers.issuing import hand_over
from backend.handovers.keys import own_keys
from backend.handovers.models import History
from backend.handovers.proposing import Proposal, propose
from backend.handovers.taking import take_in
from backend.handovers.telling import sentences


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 1: a kept history no longer holds; 2: nothing was changed, a sentence says why."""

    help = gettext_noop(
        "Hand a transferred member's history over in a file with its proofs, or take one in. The file holds personal "
        "data: it is encrypted unless you say otherwise, and readable by you alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        doing.add_parser("key", help=_("this installation's key, to be told to those who take files in"))
        _export_arguments(doing.add_parser("export", help=_("make the file of a transfer whose paper is on its way")))
        _take_in_arguments(doing.add_parser("take_in", help=_("check a file; with --into, receive the person")))
        doing.add_parser("verify", help=_("check every history that was taken in once more"))

    def handle(self, *_args: Any, **options: Any) -> None:
        with told(self.stdout):
            getattr(self, options["doing"])(options)

    def key(self, _options: dict[str, Any]) -> None:
        with transaction.atomic():
            keys = own_keys()
        for place, one in enumerate(keys):
            self.stdout.write(shown_key(one) if place == 0 else _("before: %(key)s") % {"key": shown_key(one)})
        if not keys:
            self.stdout.write(_("Nothing has been sealed here yet, so there is no key to tell."))

    def export(self, options: dict[str, Any]) -> None:
        passphrase, asked = "", options["ask"]
        if not options["plain"]:
            passphrase = getpass.getpass(_("Passphrase: ")) if asked else one_time(groups=6)
            need_long(passphrase)
        file = _NewFile(options["file"])
        try:
            text = self._made(options["case"], options["wait"])
            file.write(seal(text, passphrase) if passphrase else text)
        except BaseException:
            file.drop()
            raise
        self.stdout.write(_("Written to %(file)s, readable by you alone.") % {"file": options["file"]})
        if passphrase and not asked:
            self.stdout.write(_("Passphrase, shown this once: %(passphrase)s") % {"passphrase": passphrase})
            self.stdout.write(_("Tell it to the office of destination by another way than the file."))
        if not passphrase:
            self.stdout.write(_("The file is NOT encrypted and holds personal data: hand it over in person."))

    def _made(self, case_id: int, seconds: int) -> str:
        """The file's text, once what lists it is sealed."""
        until = time.monotonic() + seconds
        while (made := hand_over(operator(), case_id)) is None:
            if time.monotonic() >= until:
                raise CommandError(
                    _("What lists the file is in the log but not sealed yet; see whether the jobs run (manage.py status), "
                      "then run the same line again."),
                    returncode=REFUSED,
                )  # fmt: skip
            time.sleep(0.2)
        return made.write()

    def take_in(self, options: dict[str, Any]) -> None:
        text = _read(options["file"])
        passphrase = getpass.getpass(_("Passphrase: ")) if is_sealed(text) else ""
        proposal = propose(text, passphrase)
        for line in sentences(proposal):
            self.stdout.write(line)
        if options["into"] is None:
            self.stdout.write(_("Nothing was changed. To receive the person, name the cell with --into."))
            return
        done = self._taken(proposal, options)
        for caution in done["cautions"]:
            self.stdout.write(caution["vi" if get_language() == "vi" else "en"])
        if options["dry_run"]:
            self.stdout.write(_("Nothing stands in the way. Nothing was changed."))
        else:
            self.stdout.write(
                _("Received as number %(member)s, entry %(event)s.")
                % {"member": done["member_id"], "event": done["event"]}
            )

    def _taken(self, proposal: Proposal, options: dict[str, Any]) -> dict[str, Any]:
        if not (options["slip"] and options["issuer"]):
            raise CommandError(
                _("Give the notice slip that goes back: --slip NUMBER --issuer OFFICE."), returncode=REFUSED
            )
        actor, on = operator(), options["on"] or clock.today()
        slip = {"number": options["slip"], "issuer": options["issuer"], "date": on.isoformat()}
        facts = {
            "notice_slip": slip,
            "papers_handed_over": options["papers_received"],
            "late_reason": options["late_reason"],
        }
        unit = unit_coded(actor, options["into"])
        return take_in(actor, proposal, unit_id=unit.pk, on=on, facts=facts, rehearse=options["dry_run"])

    def verify(self, _options: dict[str, Any]) -> None:
        actor, wrong, count = operator(), 0, 0
        with transaction.atomic():
            scope(actor.path)
            for history in History.objects.order_by("id").iterator(chunk_size=100):
                count += 1
                if fault := first_fault(history):
                    wrong += 1
                    words = {
                        "member": history.member_id,
                        "name": history.installation,
                        "why": fault.text(get_language() or "en"),
                    }
                    self.stdout.write(_("Number %(member)s, history from %(name)s: %(why)s") % words)
        if wrong:
            raise CommandError(_("%(wrong)s of %(count)s histories do not hold.") % {"wrong": wrong, "count": count})
        self.stdout.write(_("%(count)s histories from other installations hold.") % {"count": count})


def _export_arguments(parser: CommandParser) -> None:
    parser.add_argument("case", type=int, help=_("the transfer, by id"))
    parser.add_argument("file", type=Path, help=_("a new file"))
    parser.add_argument("--plain", action="store_true", help=_("not encrypted"))
    parser.add_argument("--ask", action="store_true", help=_("ask for the passphrase instead of printing a new one"))
    parser.add_argument("--wait", type=int, default=30, metavar="SECONDS", help=_("how long the seal is waited for"))


def _take_in_arguments(parser: CommandParser) -> None:
    parser.add_argument("file", type=Path, help=_("the file that came"))
    parser.add_argument("--into", metavar="CODE", help=_("the cell that receives the person; without it only checked"))
    parser.add_argument("--dry-run", action="store_true", help=_("do everything, then take it back"))
    parser.add_argument("--on", type=a_day, metavar="YYYY-MM-DD", help=_("the day of the notice slip (default: today)"))
    parser.add_argument("--slip", default="", metavar="NUMBER", help=_("number of the notice slip that goes back"))
    parser.add_argument("--issuer", default="", help=_("who issued the slip"))
    parser.add_argument("--papers-received", action="store_true", help=_("file, card and papers were handed over"))
    parser.add_argument("--late-reason", default="", help=_("why the introduction paper was presented late"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("%(file)s cannot be read.") % {"file": path}, returncode=REFUSED) from error


class _NewFile:
    """A file that was not there, made at once for its owner alone: nobody reads along while it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            sentence = _("%(file)s cannot be made: %(why)s. Name a new file.")
            raise CommandError(sentence % {"file": path, "why": error.strerror}, returncode=REFUSED) from error

    def write(self, text: str) -> None:
        with os.fdopen(self.handle, "w", encoding="utf-8") as target:
            target.write(text)

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
