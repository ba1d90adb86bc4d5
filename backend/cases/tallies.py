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

# What was decided about a record that was merged counts, unless the same was decided about the record that was kept.
_COUNT = """
    SELECT c.facts ->> %(fact)s, count(*) FROM cases_case c
    WHERE c.lifecycle = %(cycle)s AND c.exclusive_key = %(key)s AND c.unit_path >= %(path)s AND c.unit_path < %(path)s || '~'
      AND c.facts ->> %(fact)s IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM members_member m
        JOIN audit_event e ON e.subject_kind = 'member' AND e.subject_id = m.id AND e.code = 'membership.merged'
          AND e.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)
        JOIN cases_case k ON k.member_id = (e.facts -> 'kept' ->> 0)::bigint AND k.lifecycle = c.lifecycle
          AND k.exclusive_key = c.exclusive_key AND k.facts ->> %(fact)s IS NOT NULL
        WHERE m.id = c.member_id AND m.standing = 'merged')
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
            asked = {"fact": fact, "cycle": key[0], "key": key[1], "path": path}
            self._kept[key] = Counter(dict(execute(_COUNT, asked)))
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
