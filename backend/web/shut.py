"""Steps that cannot be taken now: those with the same reasons stand together, and the reasons once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.web.refusing import Said


@dataclass(frozen=True)
class Together:
    """Labels of steps, and all the reasons that keep each of them."""

    labels: tuple[str, ...]
    reasons: Sequence[Said]


@dataclass(frozen=True)
class Shut:
    """How many steps there are, and what keeps them, in the order in which the page has them."""

    count: int
    groups: tuple[Together, ...]


def shut(steps: Iterable[tuple[str, Sequence[Said]]]) -> Shut | None:
    """From labels with their reasons; None where every step can be taken."""
    found: dict[tuple[Said, ...], list[str]] = {}
    for label, reasons in steps:
        found.setdefault(tuple(reasons), []).append(label)
    groups = tuple(Together(tuple(labels), reasons) for reasons, labels in found.items())
    return Shut(sum(len(one.labels) for one in groups), groups) if groups else None
