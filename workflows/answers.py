"""What a guard may answer: a refusal that says why and what to do, or a caution that is shown and recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from django.utils.translation import gettext, override


def shown(value: Any) -> Any:
    """A parameter as people read it in the current language: days as dd/mm/yyyy, several values with commas."""
    if isinstance(value, tuple):
        return ", ".join(str(shown(one)) for one in value)
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else value


@dataclass(frozen=True)
class Phrase:
    """Part of a sentence (an English msgid): said in the language of the sentence that it is a parameter of."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.message) % {name: shown(value) for name, value in self.params.items()}


@dataclass(frozen=True)
class Answer:
    """One answer of a guard.

    `code` is stable and never reused. `message` and `remedy` are English msgids (mark them with `gettext_noop`)
    with `%(name)s` parameters. `rule` is the id of the row of the law it stands on, `fact` the fact it is about. `basis` are
    the texts that the step cites which was asked for, where no row is named; it is told, and makes no other answer of it.
    """

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""
    remedy: str = ""
    fact: str = ""
    basis: tuple[str, ...] = field(default=(), compare=False)

    def text(self, language: str) -> str:
        """The sentence in a language (`vi`, `en`)."""
        return self._say(self.message, language)

    def advice(self, language: str) -> str:
        """What to do about it, in a language; empty where nothing can be done."""
        return self._say(self.remedy, language)

    def _say(self, msgid: str, language: str) -> str:
        return _said(Phrase(msgid, self.params), language) if self.params else _said_plainly(msgid, language)


def _said(phrase: Phrase, language: str) -> str:
    with override(language):
        return str(phrase)


@lru_cache(maxsize=4096)
def _said_plainly(msgid: str, language: str) -> str:
    """A sentence without parameters is the same each time, and every step that warns says it in both languages."""
    return _said(Phrase(msgid), language)


class Refusal(Answer):
    """The step may not be done as asked."""


class Caution(Answer):
    """The step may be done; the caution is shown before and recorded with it."""


One = TypeVar("One", bound=Answer)


def standing_on(said: Iterable[One], basis: tuple[str, ...]) -> list[One]:
    """Answers to a step that cites `basis`: whoever names no row of the law stands on that, and so has a source too."""
    return [one if one.rule or one.basis else replace(one, basis=basis) for one in said]
