"""What was measured, and how rounds are timed so that the noise of a shared machine falls on both sides alike."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the report. Without a target it is shown for information."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_most: bool = False
    """The target is a ceiling, not a floor."""

    @property
    def ok(self) -> bool:
        if self.target is None:
            return True
        return self.value <= self.target if self.at_most else self.value >= self.target

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "value": round(self.value, 4), "ok": self.ok}

    def line(self) -> str:
        wanted = "" if self.target is None else f"{'≤' if self.at_most else '≥'} {self.target:g}"
        verdict = "" if self.target is None else "ok" if self.ok else "MISSED"
        return f"{self.name:<66} {self.value:>10.2f} {self.unit:<10} {wanted:>7}  {verdict}"


def as_text(figures: Sequence[Figure]) -> str:
    """What is kept in a file: a JSON list."""
    return json.dumps([figure.as_json() for figure in figures], indent=1, ensure_ascii=False) + "\n"


def is_report(content: bytes) -> bool:
    """Whether an earlier run wrote this."""
    try:
        found = json.loads(content)
    except ValueError:
        return False
    names = {one.name for one in fields(Figure)}
    return isinstance(found, list) and all(isinstance(one, dict) and one.keys() >= names for one in found)


def seconds(work: Callable[[], Any]) -> float:
    """Wall-clock seconds of one call, with the collector of garbage held back."""
    gc.collect()
    gc.disable()
    try:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun
    finally:
        gc.enable()


def turns(rounds: int, *sides: Callable[[int], float]) -> list[list[float]]:
    """What each side says in each round; the sides take turns, and who begins changes from round to round."""
    taken: list[list[float]] = [[] for _ in sides]
    for number in range(rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for place in order:
            taken[place].append(sides[place](number))
    return taken


def alternate(rounds: int, *sides: Callable[[int], Any]) -> list[list[float]]:
    """As `turns`, with the seconds that each side takes."""
    return turns(rounds, *(partial(_timed, side) for side in sides))


def _timed(side: Callable[[int], Any], number: int) -> float:
    return seconds(partial(side, number))


def ratio(slow: list[float], fast: list[float]) -> float:
    """How fast `slow` is as a part of `fast`: the median over rounds, each round compared with itself."""
    return median(quick / own for own, quick in zip(slow, fast, strict=True))
