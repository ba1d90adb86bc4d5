"""`manage.py scenarios`: run the rules told as given, when, then; or read them aloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _

from backend.core.commands import REFUSED, ChiboCommand
from backend.deadlines.titles import title
from backend.scenarios.running import run
from backend.scenarios.sandbox import scratch_database
from workflows.scenarios import BadScenario, Scenario, files, read
from workflows.scenarios.aloud import sentences


class Command(ChiboCommand):
    """Exit 0: all stand; 1: something is otherwise than a scenario says; 2: a file cannot be understood."""

    help = gettext_noop(
        "Run scenarios (all that come with Chibo, or the files and folders named) on a database made for it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
        parser.add_argument(
            "--read",
            nargs="?",
            const=get_language() or "vi",
            choices=("vi", "en"),
            help=_("say them aloud and run nothing"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = files(tuple(options["paths"]))
        if not found:
            raise CommandError(_("There is no file of scenarios (.yaml) there."), returncode=REFUSED)
        scenarios = self.understood(found)
        if options["read"]:
            self.say(scenarios, options["read"])
            return
        with scratch_database():
            failed = [one for one in scenarios if not self.try_one(one)]
        words = {"all": len(scenarios), "failed": len(failed)}
        self.stdout.write(_("Scenarios: %(all)s, not as they say: %(failed)s") % words)
        if failed:
            raise CommandError(", ".join(one.key for one in failed), returncode=1)

    def understood(self, paths: list[Path]) -> list[Scenario]:
        """Every scenario of every file; all faults of all files are told before anything runs."""
        scenarios, bad = [], 0
        for path in paths:
            try:
                scenarios += read(path)
            except BadScenario as error:
                bad += 1
                for fault in error.faults:
                    self.stderr.write(f"{path}: {fault}")
        if bad:
            sentence = _("Files that cannot be understood: %(count)s; nothing was run.") % {"count": bad}
            raise CommandError(sentence, returncode=REFUSED)
        return scenarios

    def say(self, scenarios: list[Scenario], language: str) -> None:
        with override(language):
            for one in scenarios:
                self.stdout.write("\n".join(sentences(one, title)))
                self.stdout.write("")

    def try_one(self, scenario: Scenario) -> bool:
        verdict = run(scenario)
        name = scenario.content["title"]["en" if get_language() == "en" else "vi"]
        self.stdout.write(f"{'✓' if verdict.passed else '✗'} {scenario.key} · {name}")
        for one in [*verdict.faults, *verdict.differences]:
            self.stdout.write(f"    {scenario.path.name}, {one}")
        return verdict.passed
