"""Plain values as JSON gives them: whole numbers, and the signs people may write into a fact."""

from __future__ import annotations

import unicodedata
from typing import Any

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing: with them a line can be made to read as what it is not."""


def is_plain(text: str, *, lines: bool) -> bool:
    """No control signs and none that turn the direction of writing; line breaks and tabs only where `lines`."""
    strange = {sign for sign in text if unicodedata.category(sign) == "Cc"} - (set("\n\r\t") if lines else set())
    return not strange and _TURNS.isdisjoint(text)


def whole_number(raw: Any) -> int | None:
    """A whole number as JSON gives it; True and 1.5 are none."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None
