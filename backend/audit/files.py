"""Reading exported heads from a file an operator names, or the jobs keep."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.utils.translation import gettext_noop

from backend.audit.heads import BadHeads, TreeHead, load

_MORE_THAN_A_LINE = 4096
"""Bytes; a line has about 450."""


def read_heads(file: Path | None) -> list[TreeHead]:
    """The heads of the file, by epoch and size; none for no file. Raises BadHeads."""
    if file is None:
        return []
    try:
        return load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        said = gettext_noop("%(file)s cannot be read: name a file written by export_heads.")
        raise BadHeads(said, file=file) from None


def read_some(file: Path | None) -> list[TreeHead]:
    """As `read_heads`, of a file that somebody named to have it compared. Raises BadHeads, also where there is none in it."""
    heads = read_heads(file)
    if file is not None and not heads:
        raise BadHeads(gettext_noop("No head stands in %(file)s: name a file written by export_heads."), file=file)
    return heads


def read_last(file: Path) -> TreeHead | None:
    """The head of the file's last line, to which lines are only added; None where it is empty or cannot be read.

    Raises BadHeads for a line that is no signed head.
    """
    last = b""
    with suppress(OSError), file.open("rb") as lines:
        lines.seek(max(0, file.stat().st_size - _MORE_THAN_A_LINE))
        last = lines.read().rstrip().rpartition(b"\n")[2]
    try:
        return next(iter(load(last.decode())), None)
    except (UnicodeDecodeError, BadHeads):
        said = gettext_noop("The last line of %(file)s is no signed head: put the file back as Chibo wrote it.")
        raise BadHeads(said, file=file) from None
