"""Write the whole log to a file that an auditor checks without us (verify/chibo_verify.py)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit import exporting
from backend.core.commands import ChiboCommand, cannot_write, claimed

_GZIP = b"\x1f\x8b"


class Command(ChiboCommand):
    help = gettext_noop("Export the log to FILE (compressed where it ends in .gz); verify/chibo_verify.py checks it.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--after", type=int, default=0, metavar="N", help=_("only what comes after position N"))
        parser.add_argument(
            "--details", action="store_true",
            help=_("with names and reasons (personal data); without it they stay behind their commitments"),
        )  # fmt: skip

    def handle(self, *_arguments: Any, file: Path, after: int, details: bool, **_options: Any) -> None:
        target, counted = claimed(file, _is_export, private=True), _Count()
        rows = counted.events(exporting.whole(after=after, details=details))
        try:
            target.write(_packed(rows) if file.suffix == ".gz" else rows)
        except OSError as error:
            raise cannot_write(file, error) from None
        finally:
            target.drop()
        self.stdout.write(_("Exported %(count)s events to %(file)s.") % {"count": counted.number, "file": file})


class _Count:
    """Counts the events among rows on their way."""

    number = 0

    def events(self, rows: Iterable[bytes]) -> Iterator[bytes]:
        for row in rows:
            self.number += row.startswith(b"e\t")
            yield row


def _packed(rows: Iterable[bytes]) -> Iterator[bytes]:
    """The rows as one gzip stream, a piece at a time."""
    packer = zlib.compressobj(wbits=31)
    for row in rows:
        if piece := packer.compress(row):
            yield piece
    yield packer.flush()


def _is_export(content: bytes) -> bool:
    return content.startswith((exporting.FORMAT + b"\t", _GZIP))
