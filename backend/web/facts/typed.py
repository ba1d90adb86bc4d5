"""What was typed as JSON for the engine, which judges it: a day, a number, words. What cannot be read is handed on as it is."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_GROUPS = re.compile(r"(?<=\d)[.\s](?=\d{3}(?:\D|$))", re.ASCII)


def day(text: str) -> str:
    """05/11/2026, 5/11/2026, 5.11.2026 and 2026-11-05 as 2026-11-05; anything else as it was typed."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return text.strip()
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return text.strip()


def number(text: str) -> Any:
    """A whole number, with the dots that group thousands (1.300) or without; anything else as it was typed."""
    plain = _GROUPS.sub("", text.strip())
    return int(plain) if _NUMBER.fullmatch(plain) else text.strip()


def whole(text: str, digits: int = 18) -> int | None:
    """A number that our own pages wrote (an id, a version), of at most so many digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def shown_day(value: Any) -> str:
    """An ISO day as people write it; anything else as it is."""
    try:
        return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
    except ValueError:
        return str(value or "")
