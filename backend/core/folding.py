"""Vietnamese words without their diacritics."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Small letters without diacritics (đ → d), composed or decomposed alike, for search and comparison."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())
