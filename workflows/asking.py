"""Asking the guards of a step: with all its facts, or while some are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflows.answers import Answer
from workflows.situation import Guard, Situation


def answers(guards: Iterable[Guard], situation: Situation) -> Iterator[Answer]:
    """Every answer of every guard, in their order."""
    for guard in guards:
        answer = guard(situation)
        yield from [answer] if isinstance(answer, Answer) else answer or ()


@dataclass(frozen=True)
class Foreseen:
    """What guards say before all facts are given.

    `stands` holds whatever the missing facts will be (on the same day). `waits` is about missing facts that were
    looked for: it says what they will have to show. `asks` names all missing facts that were looked for.
    """

    stands: tuple[Answer, ...]
    waits: tuple[Answer, ...]
    asks: tuple[str, ...]


class Incomplete(Mapping[str, Any]):
    """The facts given so far: a missing one is like one left out, and is noted in `looked_for`."""

    def __init__(self, given: Mapping[str, Any], missing: Iterable[str]) -> None:
        self._given, self._missing = given, frozenset(missing)
        self.looked_for: dict[str, None] = {}

    def __getitem__(self, name: str) -> Any:
        if name in self._missing:
            self.looked_for[name] = None
            raise KeyError(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def foresee(guards: Iterable[Guard], situation: Situation, missing: Iterable[str]) -> Foreseen:
    """Ask guards while some facts are missing; a guard takes a fact that is not there for one not known."""
    stands: list[Answer] = []
    waits: list[Answer] = []
    asks: dict[str, None] = {}
    names = tuple(missing)
    for guard in guards:
        facts = Incomplete(situation.facts, names)
        for answer in answers([guard], replace(situation, facts=facts)):
            (waits if answer.fact in facts.looked_for else stands).append(answer)
        asks |= facts.looked_for
    return Foreseen(tuple(stands), tuple(waits), tuple(asks))
