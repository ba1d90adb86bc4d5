"""Legal texts as people cite them: in Vietnamese as they are called, in English with issuers and parts translated."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import get_language

HERE = Path(__file__).parent
PRACTICE = "Quy ước của hệ thống này; chưa thấy văn bản quy định"
"""The basis of a step or a rule for which no text was seen."""


def cited(words: str) -> str:
    """A citation, written as texts are called in Vietnamese, in the current language."""
    if get_language() == "vi":
        return words
    known, pattern = _english()
    return pattern.sub(lambda found: known[found[0]], words)


def said(words: str) -> str:
    """A note or a word of a row of the law, in the current language; what an installation wrote itself stays as it is."""
    both = sayings().get(words, words)
    if isinstance(both, str):
        return both if get_language() == "vi" else cited(words)
    return both["vi" if get_language() == "vi" else "en"]


@cache
def sayings() -> dict[str, str | dict[str, str]]:
    """By what stands in a row: the Vietnamese for it, or both languages."""
    return dict(yaml.safe_load((HERE / "sayings.yaml").read_text(encoding="utf-8")))


@cache
def _english() -> tuple[dict[str, str], re.Pattern[str]]:
    data = yaml.safe_load((HERE / "english.yaml").read_text(encoding="utf-8"))
    known = {**data["names"], **data["parts"]}
    longest_first = sorted(known, key=len, reverse=True)
    return known, re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
