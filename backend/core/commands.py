"""What our commands share: one language, days as people write them, and one sentence instead of a traceback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
    OutputWrapper,
    SystemCheckError,
)
from django.db import transaction
from django.utils.translation import gettext

from backend.core import arguments
from backend.core.db import execute
from backend.core.errors import ChiboError, Unchanged
from backend.core.outfiles import Occupied, OutFile
from workflows.facts import FAR_FUTURE, FAR_PAST

MOST = 1_000_000
"""The largest count that a command takes."""
REFUSED = 2
"""Exit code: nothing was changed, and a sentence says why."""


class ChiboCommand(BaseCommand):
    """The base of our commands. `help` is an English msgid; an error that has an answer becomes that answer.

    Everything is said in the language of the installation (CHIBO_LANGUAGE). What all commands of Django take besides
    (--settings, --traceback …) works, and is left out of the help.
    """

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        arguments.speak()
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.description = gettext(self.help)
        for action in parser._actions:  # argparse has no other list of them
            if DjangoHelpFormatter.show_last & {*action.option_strings}:
                action.help = argparse.SUPPRESS
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django's; at the command line an error is its sentence alone, without the name of a class before it."""
        try:
            return self._answering(*args, **options)
        except CommandError as error:
            if (
                not getattr(self, "_called_from_command_line", False)
                or options["traceback"]
                or isinstance(error, SystemCheckError)
            ):
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)

    def _answering(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except ChiboError as error:
            answer(error, self.stdout)
            return None


class InsteadOf(ChiboCommand):
    """A command of Django's that would do behind the log what one of ours does: always refused, exit 2.

    `use` says which one, an English msgid.
    """

    use = ""

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv([*argv[:2], *[word for word in argv[2:] if word in {"-h", "--help"}]])

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(gettext(self.use), returncode=REFUSED)


def a_day(words: str) -> date:
    """For argparse: a day written as YYYY-MM-DD, inside the calendar that Chibo keeps."""
    try:
        day = date.fromisoformat(words)
    except ValueError:
        sentence = gettext("“%(day)s” is no day; write it as YYYY-MM-DD.") % {"day": words}
        raise argparse.ArgumentTypeError(sentence) from None
    if not FAR_PAST <= day <= FAR_FUTURE:
        raise argparse.ArgumentTypeError(gettext("This day is outside any calendar we keep."))
    return day


def a_count(words: str) -> int:
    """For argparse: how many at most, from 0 to `MOST`."""
    if not words.isdecimal() or int(words) > MOST:
        sentence = gettext("“%(count)s” is no count; write a whole number from 0 to %(most)s.")
        raise argparse.ArgumentTypeError(sentence % {"count": words, "most": MOST})
    return int(words)


def words(given: str) -> str:
    """For argparse: words that say something, as the log keeps them."""
    if not given.strip():
        raise argparse.ArgumentTypeError(gettext("This is needed."))
    return given.strip()


def only_as_owner() -> None:
    """For what no wall may keep from any row. Raises CommandError, exit code 2, under the role of a process."""
    with transaction.atomic():
        if execute("SELECT current_user IN ('chibo_app', 'chibo_jobs')")[0][0]:
            sentence = gettext(
                "Only the owner of the database can do this: set CHIBO_ROLE=owner and DATABASE_OWNER_URL."
            )
            raise CommandError(sentence, returncode=REFUSED)


def listable(parser: argparse.ArgumentParser) -> None:
    """What every listing takes: the day it speaks of (today), and whether a program reads it."""
    parser.add_argument("--on", type=a_day, metavar="YYYY-MM-DD", help=gettext("as it was on this day, else today"))
    parser.add_argument("--json", action="store_true", help=gettext("as JSON, for programs"))


def claimed(path: Path, is_ours: Callable[[bytes], bool], *, private: bool = False) -> OutFile:
    """The file that a command will write, see OutFile. Raises CommandError, exit code 2."""
    try:
        return OutFile(path, is_ours, private=private)
    except Occupied:
        sentence = gettext("%(file)s is there already and nothing that this command wrote: name another file.")
        raise CommandError(sentence % {"file": path}, returncode=REFUSED) from None
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> CommandError:
    """The sentence for a file that the system does not let us write."""
    sentence = gettext("%(file)s cannot be written (%(why)s): name another file.")
    return CommandError(sentence % {"file": path, "why": error.strerror}, returncode=REFUSED)


@contextmanager
def told(out: OutputWrapper) -> Iterator[None]:
    """For a command that goes on after an answer, and for a part of one: as `answer`."""
    try:
        yield
    except ChiboError as error:
        answer(error, out)


def answer(error: ChiboError, out: OutputWrapper) -> None:
    """What stands already is said, and is no error; any other answer is raised as CommandError, exit code 2."""
    if not isinstance(error, Unchanged):
        raise CommandError(error.said(), returncode=REFUSED) from error
    out.write(error.said())
