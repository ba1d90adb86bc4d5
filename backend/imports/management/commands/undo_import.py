"""Undo an import as a whole, as long as nothing was built on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.accounts.acting import operator
from backend.core.commands import REFUSED, ChiboCommand, words
from backend.core.errors import CannotVoid
from backend.imports.undoing import undo

SHOWN = 10


class Command(ChiboCommand):
    """Exit 0: undone; 2: nothing was changed, and a sentence says why (and which later entries stand in the way)."""

    help = gettext_noop("Undo an import by its batch, by voiding everything it entered.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", help=_("the batch that import_commune printed"))
        parser.add_argument("--reason", type=words, required=True, help=_("why; kept with every voiding entry"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = undo(operator(), _uuid(options["batch"]), reason=options["reason"])
        except CannotVoid as error:
            raise CommandError(_with_blockers(error), returncode=REFUSED) from error
        self.stdout.write(
            _(
                "Undone: %(events)s entries voided, %(rows)s rows of attendance and dues taken away,"
                " %(units)s units taken back, %(names)s names given back."
            )
            % counts
        )


def _with_blockers(error: CannotVoid) -> str:
    names = ", ".join(str(uid) for uid in error.blockers[:SHOWN])
    more = _(" (%(count)s in all)") % {"count": len(error.blockers)} if len(error.blockers) > SHOWN else ""
    return f"{error.said()} {names}{more}"


def _uuid(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise CommandError(_("“%(batch)s” is no batch.") % {"batch": words}, returncode=REFUSED) from None
