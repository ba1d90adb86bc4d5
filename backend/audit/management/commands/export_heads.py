"""Write the signed heads to a file that is kept elsewhere; only such a file shows that a log's end was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.audit import epochs, heads
from backend.audit.files import read_heads
from backend.core.commands import ChiboCommand, cannot_write, claimed

OTHER_HEADS = gettext_noop(
    "%(file)s holds %(count)s heads that this log does not have (the first of epoch %(epoch)s, size %(size)s). If this is"
    " its log, its end was lost: keep that file, look with verify_log --heads, and name another file here."
)


class Command(ChiboCommand):
    help = gettext_noop("Export every signed head, one JSON object a line, to FILE.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, file: Path, **_options: Any) -> None:
        target = claimed(file, _are_heads)
        try:
            kept = set(read_heads(file)) if file.is_file() else set()
            count = target.write(heads.dump(_with(kept, file)))
        except OSError as error:
            raise cannot_write(file, error) from None
        finally:
            target.drop()
        self.stdout.write(_("Exported %(count)s heads to %(file)s.") % {"count": count, "file": file})


def _with(kept: set[heads.TreeHead], file: Path) -> Iterator[heads.TreeHead]:
    """Every head of this log; raises BadHeads at the end where a kept one is not among them: it may be all that is left."""
    for head in epochs.export():
        kept.discard(head)
        yield head
    if kept:
        lost = min(kept, key=lambda head: (head.epoch, head.size))
        raise heads.BadHeads(OTHER_HEADS, file=file, count=len(kept), epoch=lost.epoch, size=lost.size)


def _are_heads(content: bytes) -> bool:
    try:
        return bool(heads.load(content.decode()))
    except (UnicodeDecodeError, heads.BadHeads):
        return False
