"""What the commands share: days as people write them, and one sentence instead of a traceback."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils.translation import gettext

from backend.core.errors import ChiboError, Unchanged

REFUSED = 2
"""Exit code: nothing was changed, and a sentence says why."""


class InsteadOf(BaseCommand):
    """A command of Django's that would do behind the log what one of ours does: always refused, exit 2.

    `use` says which one, an English msgid.
    """

    use = ""

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv([*argv[:2], *[word for word in argv[2:] if word in {"-h", "--help"}]])

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(gettext(self.use), returncode=REFUSED)


def a_day(words: str) -> date:
    """For argparse: a day written as YYYY-MM-DD."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        sentence = gettext("“%(day)s” is no day; write it as YYYY-MM-DD.") % {"day": words}
        raise argparse.ArgumentTypeError(sentence) from None


def listable(parser: argparse.ArgumentParser) -> None:
    """What every listing takes: the day it speaks of (today), and whether a program reads it."""
    parser.add_argument("--on", type=a_day, metavar="YYYY-MM-DD", help="as it was on this day, else today")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


@contextmanager
def told(out: OutputWrapper) -> Iterator[None]:
    """Errors with an answer become that answer and exit code 2; what stands already is said, and is no error."""
    try:
        yield
    except Unchanged as answer:
        out.write(answer.said())
    except ChiboError as error:
        raise CommandError(error.said(), returncode=REFUSED) from error
