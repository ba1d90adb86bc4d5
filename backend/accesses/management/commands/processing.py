"""`manage.py processing`: the register of processing purposes, and what is kept since when and how long. Deletes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from backend.accesses.reporting import kept
from backend.core.commands import ChiboCommand
from backend.core.tables import Row, lines
from workflows.processing import Both, register


class Command(ChiboCommand):
    """Exit 0. Under the jobs' role, which sees every row."""

    help = gettext_noop(
        "List the purposes of processing with their grounds, and how much is kept since when and how long."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))

    def handle(self, *args: Any, **options: Any) -> None:
        purposes = {
            "purpose": _("Purpose"), "what": _("What for"), "data": _("Data"), "ground": _("Ground"), "basis": _("Source"),
            "conf": _("Confidence"), "recipients": _("Told to"),
        }  # fmt: skip
        keeping = {
            "what": _("What is kept"), "rows": _("Rows"), "since": _("Since"), "kept": _("How long"), "by": _("Let go by")
        }  # fmt: skip
        for columns, rows in ((purposes, list(_purposes())), (keeping, list(_kept()))):
            for line in lines(columns, rows, as_json=options["json"]):
                self.stdout.write(line)


def _purposes() -> Iterator[Row]:
    for one in register()[0]:
        yield {
            "purpose": one.code.value, "what": _said(one.what), "data": "; ".join(map(_said, one.data)),
            "ground": _said(one.ground), "basis": "; ".join(source.cite() for source in one.basis), "conf": one.conf,
            "recipients": _said(one.recipients),
        }  # fmt: skip


def _kept() -> Iterator[Row]:
    for one in kept():
        yield {
            "what": _said(one.keeping.what), "rows": one.rows, "since": one.since,
            "kept": one.term or _("not settled"), "by": one.keeping.by,
        }  # fmt: skip


def _said(words: Both) -> str:
    return words["vi" if get_language() == "vi" else "en"]
