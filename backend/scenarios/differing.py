"""A difference between what must be and what is, told with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_noop, override

from workflows.answers import shown

LANGUAGES = ("vi", "en")
"""A sentence may be written in either."""
DIFFERS = gettext_noop("line %(line)s: %(about)s should be %(wanted)s, but is %(found)s")


@dataclass(frozen=True)
class Difference:
    """`line` is where the scenario says what must be; `beside` are sentences that help to understand."""

    line: int
    about: str
    wanted: Any
    found: Any
    beside: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """In the current language."""
        words = {"line": self.line, "about": self.about, "wanted": told(self.wanted), "found": told(self.found)}
        return "\n".join([gettext(DIFFERS) % words, *(f"    {one}" for one in self.beside)])


def told(value: Any) -> str:
    """A value as people read it: days as they write them, lists with commas, nothing as a dash."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value is None or value == []:
        return "–"
    if isinstance(value, list):
        return ", ".join(told(one) for one in value)
    return str(shown(value))


def either(say: Callable[[], str]) -> dict[str, str]:
    """A sentence in both languages."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = say()
    return found


def options(wanted: Any, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs (wanted, said) that differ: a text fits either language, a mapping each of those it names."""
    if isinstance(wanted, Mapping):
        yield from ((text, said[name]) for name, text in wanted.items() if said[name] != text)
    elif wanted is not None and wanted not in said.values():
        yield wanted, said["en" if wanted.isascii() else "vi"]


def as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
