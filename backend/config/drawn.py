"""Whether a secret looks drawn at random. Nothing proves that one was; what people make up by hand gives itself away."""

from __future__ import annotations

from itertools import pairwise

LETTERS, BYTES = 20, 8
"""A made-up secret of 50 letters, or of 32 bytes, has more different ones than this."""
AGAIN = 8
"""So many signs in a row do not come twice by chance."""
STEPS, WORDS = 0.5, 0.6
"""Shares of neighbours: signs that follow each other in the alphabet (by chance one in twenty, of hexadecimal one in six),
small letters beside small letters (by chance one in four)."""


def is_weak_key(key: bytes) -> bool:
    return len(key) < 32 or len(set(key)) < BYTES


def is_weak_text(text: str, *, least: int = 50, letters: int = LETTERS) -> bool:
    """Too short, of few signs, or said twice, counted up, or written in words."""
    pairs = list(pairwise(text))
    return (
        len(text) < least
        or len(set(text)) < letters
        or any(text[at : at + AGAIN] in text[at + 1 :] for at in range(len(text) - AGAIN))
        or sum(abs(ord(one) - ord(other)) <= 1 for one, other in pairs) > STEPS * len(pairs)
        or sum(one.islower() and other.islower() for one, other in pairs) > WORDS * len(pairs)
    )
