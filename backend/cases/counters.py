"""The months that count against members, for the guards: cases know neither the ledger of dues nor what flags make of it.

The room above says how they are counted when it starts (`AppConfig.ready`), as with `organizations.dependants`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

Counter = Callable[[Collection[int], date, date, date], Mapping[int, Collection[date]]]
"""(member ids, first month, last month, today) -> by member the months in between that were missed."""

_COUNTERS: dict[str, Counter] = {}


def counts_missed(kind: str, counter: Counter) -> None:
    """`counter` tells the months of a kind: `meetings` or `dues`."""
    _COUNTERS[kind] = counter


class Missed:
    """What one run has asked for, read at once for all `members` that its orders are about."""

    def __init__(self) -> None:
        self.members: set[int] = set()
        self._read: dict[tuple[str, date, date], tuple[frozenset[int], Mapping[int, Collection[date]]]] = {}

    def of(self, member: int, kind: str, first: date, last: date, today: date) -> Collection[date]:
        """The months of a kind that count against a member, from one to another."""
        key = kind, first, last
        known, months = self._read.get(key, (frozenset(), {}))
        if member not in known:
            self.members.add(member)
            months = _COUNTERS[kind](sorted(self.members), first, last, today)
            self._read[key] = frozenset(self.members), months
        return months.get(member, ())
