"""What was typed as JSON for the engine, which judges it: a day, a number, words. What cannot be read is handed on as it is."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})|(\d{2})(\d{2})(\d{4})", re.ASCII)
"""With strokes, dots or hyphens; and without, since the keyboard of digits of some phones has none."""
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_GROUPS = re.compile(r"(?<=\d)[.\s](?=\d{3}(?:\D|$))", re.ASCII)


def day(text: str) -> str:
    """05/11/2026, 5/11/2026, 5.11.2026, 5-11-2026, 05112026 and 2026-11-05 as 2026-11-05; anything else as it was typed."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return text.strip()
    try:
        on, month, year = (int(part) for part in found.groups() if part is not None)
        return date(year, month, on).isoformat()
    except ValueError:
        return text.strip()


def number(text: str) -> Any:
    """A whole number, with the dots that group thousands (1.300) or without; anything else as it was typed."""
    plain = _GROUPS.sub("", text.strip())
    return int(plain) if _NUMBER.fullmatch(plain) else text.strip()


def whole(text: str, digits: int = 18) -> int | None:
    """A number that our own pages wrote (an id, a version), of at most so many digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def shown_day(value: str) -> str:
    """A day in the form 2026-11-05 as people write it; anything else as it is."""
    try:
        return date.fromisoformat(value if len(value) == 10 and value[4] == "-" else "").strftime("%d/%m/%Y")
    except ValueError:
        return value
