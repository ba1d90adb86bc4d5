"""Vietnamese names: written one way, found without diacritics, sorted by given name in the order of the alphabet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from backend.core.folding import fold

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
"""The 29 Vietnamese letters with f, j, w, z where dictionaries put them."""
_TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng: the order of dictionaries; no mark (ngang) comes before them."""
_WEIGHT = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}
_LETTERS = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[a-z0-9]+")


def tidy(text: str) -> str:
    """The text composed (NFC), with single spaces and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidy_name(text: str) -> str:
    """A name as it is written: `tidy`, and capitalised where it came in capitals or in small letters only."""
    name = tidy(text)
    if name.isupper() or name.islower():
        return _LETTERS.sub(lambda run: run[0][0].upper() + run[0][1:].lower(), name)
    return name


def words(name: str) -> list[str]:
    """The folded words of a name, each once, as read: what search by the beginning of a word uses."""
    return list(dict.fromkeys(_WORDS.findall(fold(name))))


def sort_key(name: str) -> str:
    """A key whose order byte by byte (collation "C") is the order of a Vietnamese list.

    Given name (the last word) first, then family and middle names as read. Within a word the letters of the alphabet
    (a ă â b c d đ e ê …) decide, then the tone. Where the tone mark stands (hòa, hoà) makes no difference.
    """
    parts = tidy(name).lower().split(" ")
    return "".join(_word_key(word) for word in [parts[-1], *parts[:-1]])


@lru_cache(maxsize=16_384)
def _word_key(word: str) -> str:
    """Letters, a space (below every letter), tones, a space. ASCII only."""
    letters: list[str] = []
    tones: list[str] = []
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tones.append(str(_TONES.index(sign) + 1))
        elif unicodedata.combining(sign):
            letters[-1:] = [unicodedata.normalize("NFC", letters[-1] + sign)] if letters else []
        elif sign.isalnum():
            letters.append(sign)
    return "".join(_WEIGHT.get(letter, _foreign(letter)) for letter in letters) + f" {''.join(tones) or '0'} "


def _foreign(letter: str) -> str:
    """Digits as they are (before letters); a foreign letter as its base letter; anything else nowhere."""
    base = fold(letter)
    return base if base.isdecimal() and base.isascii() else "".join(_WEIGHT.get(sign, "") for sign in base)
