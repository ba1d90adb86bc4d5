"""How often a base organisation has given each value of a fact: what a cap is measured against.

The orders of one run write nothing before its end, so a tally also counts what they have done so far. Two runs of one
base organisation wait for each other from the moment they count until they end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from backend.cases.orders import Loaded
from backend.core.db import execute
from workflows.offices import Level

_COUNT = """
    SELECT facts ->> %s, count(*) FROM cases_case
    WHERE lifecycle = %s AND exclusive_key = %s AND unit_path >= %s AND unit_path < %s || '~' AND facts ->> %s IS NOT NULL
    GROUP BY 1"""
_WAIT = "SELECT pg_advisory_xact_lock(hashtext('chibo.tally'), %s::int)"
_Key = tuple[str, str, str, str]


class Tallies:
    """The tallies that one run has asked for. `alone` keeps other runs from counting until the transaction ends."""

    def __init__(self, *, alone: bool) -> None:
        self.alone = alone
        self._kept: dict[_Key, Counter[str]] = {}

    def of_others(self, loaded: Loaded, fact: str) -> Mapping[str, int]:
        """By value of the fact, the cases like this one (same lifecycle and key) in its base organisation, but for itself."""
        case, (base, path) = loaded.case, loaded.unit.at_level(Level.BASE)
        key = (case.lifecycle, case.exclusive_key, path, fact)
        if key not in self._kept:
            if self.alone:
                execute(_WAIT, [base % 2**31])
            self._kept[key] = Counter(dict(execute(_COUNT, [fact, key[0], key[1], path, path, fact])))
        return self._kept[key] - Counter([case.facts[fact]] if fact in case.facts else [])

    def note(self, loaded: Loaded, facts: Mapping[str, Any]) -> None:
        """An order of the run was judged and will be written: its case gets these facts."""
        case = loaded.case
        for (lifecycle, key, path, fact), counted in self._kept.items():
            if case is None or (case.lifecycle, case.exclusive_key) != (lifecycle, key) or fact not in facts:
                continue
            if loaded.unit.path.startswith(path):
                counted -= Counter([case.facts[fact]] if fact in case.facts else [])
                counted[str(facts[fact])] += 1
