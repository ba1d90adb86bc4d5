"""`manage.py own_ladders`: ladders of reminders of a unit's own, from a file in the form of the delivered ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.accounts.administration import unit_coded
from backend.accounts.policy import Actor
from backend.cases.own_ladders import Change, change
from backend.cases.settling import Changed
from backend.core import clock
from backend.core.commands import REFUSED, ChiboCommand, a_day, words
from backend.core.db import scope
from backend.core.nudge import nudge
from backend.deadlines.moving import told
from backend.deadlines.titles import title
from backend.organizations.laddering import ladder_history
from backend.organizations.models import Unit
from workflows.answers import shown
from workflows.ladders.choosing import ladder_title


class Command(ChiboCommand):
    """Exit 0: done, or it was so already; 2: nothing was changed, and a sentence says why."""

    help = gettext_noop(
        "Give a unit (with all below it) ladders of reminders of its own, from a YAML file in the form of "
        "docs/ladders.schema.json, or withdraw them; each file is a new version from a day on, and open deadlines follow at "
        "once. Without a file and without --withdraw: show the versions there are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help=_("such as 87.107.000.000.001, or shorter"))
        parser.add_argument("file", nargs="?", type=Path, help=_("defaults, ladders and rules, in YAML"))
        parser.add_argument(
            "--withdraw",
            action="append",
            default=[],
            metavar="RULE",
            help=_("the rule has no ladder of the unit's own"),
        )
        parser.add_argument(
            "--from", dest="since", type=a_day, metavar="DAY", help=_("for what is due from this day (today)")
        )
        parser.add_argument("--reason", type=words, help=_("why, in a few words; for the log"))
        parser.add_argument("--dry-run", action="store_true", help=_("show what would change, and change nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        actor = operator()
        with transaction.atomic():
            unit = unit_coded(actor, options["code"])
        if options["file"] is None and not options["withdraw"]:
            self.show(actor, unit)
            return
        wanted = Change(
            options["since"] or clock.today(), options["reason"] or "", read(options["file"]), options["withdraw"]
        )
        self.tell(change(actor, unit.pk, wanted, dry_run=options["dry_run"]), dry_run=options["dry_run"])
        if options["dry_run"]:
            self.stdout.write(_("Nothing was changed."))
        else:
            self.show(actor, unit)
            nudge("jobs.seal")

    def tell(self, found: Changed, *, dry_run: bool) -> None:
        if not found.changed:
            self.stdout.write(_("It is like this already; nothing was changed."))
        for line in told(found.moves, dry_run=dry_run):
            self.stdout.write(line)

    def show(self, actor: Actor, unit: Unit) -> None:
        with transaction.atomic():
            scope(actor.path)
            history = [(one, Unit.objects.get(pk=key).name) for one, key in ladder_history(unit) if one.version]
        for one, name in history:
            said = {
                "rule": title(one.rule), "ladder": ladder_title(one.ladder), "version": one.version, "unit": name,
                "since": shown(one.since), "until": shown(one.until) if one.until else "…",
            }  # fmt: skip
            self.stdout.write(
                _("%(rule)s: own ladder “%(ladder)s”, version %(version)s, %(since)s – %(until)s (of %(unit)s)") % said
            )
        if not history:
            self.stdout.write(_("%(unit)s has no ladder of its own.") % {"unit": unit.name})


def read(file: Path | None) -> Any:
    """What a YAML file says; None for no file. Raises CommandError."""
    if file is None:
        return None
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        if mark is None:
            raise CommandError(_("%(file)s cannot be read as YAML.") % {"file": file}, returncode=REFUSED) from None
        sentence = _("%(file)s cannot be read as YAML: see line %(line)s.") % {"file": file, "line": mark.line + 1}
        raise CommandError(sentence, returncode=REFUSED) from None
