"""The law as data: effective-dated rows, looked up by the day that selects the version."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from workflows.law.competence import acts, competence, competences, competent_levels, settle
from workflows.law.model import FALLBACKS, Firmness, LawError, PacksOn, Rule, Source
from workflows.law.reader import read_law

__all__ = [
    "FALLBACKS", "Firmness", "LawError", "PacksOn", "Rule", "Source", "acts", "by_version", "competence", "competences",
    "competent_levels", "differences", "everything", "packs", "rule", "rules", "settle", "sources", "unconfirmed", "versions",
]  # fmt: skip


Chains = Mapping[str, tuple[tuple[Rule, ...], tuple[date, ...], Rule]]
"""By id: the versions, the days from which they hold, and the oldest as it stands in for days before it."""


@cache
def _law() -> tuple[Mapping[str, Source], Chains]:
    return tabled(*read_law())


def tabled(found: Mapping[str, Source], chains: Mapping[str, tuple[Rule, ...]]) -> tuple[Mapping[str, Source], Chains]:
    """What `read_law` read, laid out for the look-up by day."""
    table = {
        name: (rows, tuple(row.from_ or date.min for row in rows), replace(rows[0], assumed_before=True))
        for name, rows in chains.items()
    }
    return found, table


def sources() -> Mapping[str, Source]:
    """Every legal text by its key."""
    return _law()[0]


def rule(rule_id: str, on: date) -> Rule:
    """The version in force on the day.

    Before the oldest version we know, the oldest one, marked `assumed_before`: old real data must not break the
    look-up. Raises KeyError for an id that is not in the law.
    """
    rows, starts, oldest = _law()[1][rule_id]
    place = bisect_right(starts, on)
    return rows[place - 1] if place else oldest


def versions(rule_id: str) -> tuple[Rule, ...]:
    """All versions of a rule, oldest first. Raises KeyError for an unknown id."""
    return _law()[1][rule_id][0]


@cache
def _by_version() -> Mapping[str, Rule]:
    chains = [rows for rows, _, _ in _law()[1].values()]
    return {row.version: row for rows in (*chains, *map(competences, acts())) for row in rows}


def by_version(version: str) -> Rule:
    """The row an event was decided under, by the name it stored: of the law, or of who decides (as delivered).

    Raises KeyError for an unknown name.
    """
    return _by_version()[version]


@cache
def unconfirmed() -> frozenset[str]:
    """The names of all rows that are not firm: still to be confirmed, or unsettled."""
    return frozenset(name for name, row in _by_version().items() if row.firmness != "firm")


@cache
def packs() -> frozenset[str]:
    """Every provincial rule pack; none binds anybody until a unit turns it on."""
    return frozenset(row.pack for row in _by_version().values() if row.pack)


def rules(on: date | None = None, packs: frozenset[str] = frozenset()) -> list[Rule]:
    """Every version, or those in force on a day, in order of id. Provincial rows only with their pack turned on."""
    found = [row for name in sorted(_law()[1]) for row in versions(name)]
    return [row for row in found if row.binds(packs) and (on is None or row.holds(on))]


def everything() -> list[Rule]:
    """Every version of every rule, provincial ones among them, and then of who decides each act, as delivered."""
    return [*rules(packs=packs()), *(row for act in acts() for row in competences(act))]


def differences(first: date, second: date) -> list[tuple[Rule | None, Rule | None]]:
    """The rows of `everything` that differ between two days, by id: what is in force on the first and on the second.

    Of who decides, what this installation has settled, where it has.
    """
    held: dict[str, list[Rule | None]] = {}
    for row in everything():
        pair = held.setdefault(row.id, [None, None])
        for place, day in enumerate((first, second)):
            if row.holds(day):
                pair[place] = row
    for act in acts():
        settled = (competence(act, day) for day in (first, second))
        held[act] = [own if own.own else row for own, row in zip(settled, held[act], strict=True)]
    return [(before, after) for before, after in held.values() if before != after]
