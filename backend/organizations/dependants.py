"""What rooms above know about a unit: what keeps it open, and what must follow when it moves or closes.

The tree knows no table above it; each room says so when it starts (`AppConfig.ready`), as with `audit.subjects`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

from workflows.answers import Refusal

Counter = Callable[[int, date], int]
"""(unit id, first day on which the unit no longer is) -> how many of something stand there on that day or after."""
Follower = Callable[[str, str], None]
"""Called with the old and the new path of a unit that moved, inside the transaction that moved it."""
Ender = Callable[[int, date, UUID], None]
"""Called with the id of a unit that closed, the day and its event, inside the transaction that closed it."""

_KEEPERS: dict[str, tuple[Refusal, Counter]] = {}
_FOLLOWERS: dict[str, Follower] = {}
_ENDERS: dict[str, Ender] = {}


def keeps_open(refusal: Refusal, counter: Counter) -> None:
    """A unit is not closed while `counter` finds something; the sentence has the parameter `count`."""
    _KEEPERS[refusal.code] = (refusal, counter)


def follows_moves(name: str, follower: Follower) -> None:
    """`follower` runs after every move of a unit."""
    _FOLLOWERS[name] = follower


def ends_with(name: str, ender: Ender) -> None:
    """`ender` runs after every closing of a unit."""
    _ENDERS[name] = ender


def reasons_to_stay(unit_id: int, day: date) -> list[Refusal]:
    """Everything that keeps the unit open from the day on, all at once."""
    found = [(refusal, counter(unit_id, day)) for refusal, counter in _KEEPERS.values()]
    return [replace(refusal, params={"count": count}, fact="unit") for refusal, count in found if count]


def moved(was: str, becomes: str) -> None:
    """Let every room put right what depends on the place of the units at and below the new path."""
    for follower in _FOLLOWERS.values():
        follower(was, becomes)


def closed(unit_id: int, on: date, event: UUID) -> None:
    """Let every room end what was still due of a unit that is no more."""
    for ender in _ENDERS.values():
        ender(unit_id, on, event)
