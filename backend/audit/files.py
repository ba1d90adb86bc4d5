"""Reading exported heads from a file an operator names."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_noop

from backend.audit.heads import BadHeads, TreeHead, load


def read_heads(file: Path | None) -> list[TreeHead]:
    """The heads of the file, by epoch and size; none for no file. Raises BadHeads."""
    if file is None:
        return []
    try:
        return load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        said = gettext_noop("%(file)s cannot be read: name a file written by export_heads.")
        raise BadHeads(said, file=file) from None
