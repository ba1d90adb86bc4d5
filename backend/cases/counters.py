"""What a room above counts of a member, for the guards: cases know neither the ledger of dues nor what flags make of it.

The room says so when it starts (`AppConfig.ready`), as with `organizations.dependants`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

Months = Mapping[str, Collection[date]]
"""First days of months, by what was missed in them: `meetings`, `dues`."""
Counter = Callable[[int, date, date, date], Months]
"""(member id, first month, last month, today) -> the months in between that count against the member."""

_COUNTERS: dict[str, Counter] = {}


def counts_missed(name: str, counter: Counter) -> None:
    """`counter` tells which months a member missed."""
    _COUNTERS[name] = counter


def missed(member_id: int, first: date, last: date, today: date) -> Months:
    """What all counters tell together."""
    found: dict[str, Collection[date]] = {}
    for counter in _COUNTERS.values():
        found |= counter(member_id, first, last, today)
    return found
