"""Who is competent for an act, from which day: a table, not code (rules.md section 12)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from workflows.law.model import LawError, Rule, Source
from workflows.law.reader import HERE, chain, load, read_basis, read_sources
from workflows.offices import Level


def read_competence(path: Path, sources: Mapping[str, Source]) -> dict[str, tuple[Rule, ...]]:
    """Versions by act; a version's value is its tuple of levels, the usual one first."""
    rows = []
    for row in load(path).get("acts", ()):
        act, levels = row["act"], row["levels"]
        if not levels or set(levels) - set(Level.values):
            raise LawError(f"Act {act} names an unknown level; use {', '.join(Level.values)}.")
        basis = read_basis(act, row["basis"], sources)
        rows.append(Rule(
            id=act, value=tuple(Level(one) for one in levels), conf=row["conf"], conf_now=row.get("conf_now", ""),
            from_=row["from"], to=row["to"], basis=basis, note=row.get("note", ""),
        ))  # fmt: skip
    return chain(rows)


@cache
def _table() -> dict[str, tuple[Rule, ...]]:
    return read_competence(HERE / "competence.yaml", read_sources(load(HERE / "parameters.yaml")["sources"]))


def acts() -> tuple[str, ...]:
    """Every act of the table."""
    return tuple(sorted(_table()))


def competences(act: str) -> tuple[Rule, ...]:
    """All versions of an act's row as delivered, oldest first. Raises KeyError for an unknown act."""
    return _table()[act]


_settled: ContextVar[Mapping[str, tuple[Rule, ...]]] = ContextVar("settled", default=MappingProxyType({}))


def settle(rows: Mapping[str, tuple[Rule, ...]]) -> None:
    """What this installation has settled over the table, by act, for whatever this thread looks up next."""
    _settled.set(rows)


def competence(act: str, on: date) -> Rule:
    """The row for the act on the day: the installation's own, else the table's (the oldest one before its beginning).

    Raises KeyError for an unknown act.
    """
    versions = _table()[act]
    for own in _settled.get().get(act, ()):
        if own.holds(on):
            return own
    return versions[max(0, bisect_right(versions, on, key=lambda one: one.from_ or date.min) - 1)]


def competent_levels(act: str, on: date) -> tuple[Level, ...]:
    """Levels that may decide the act on the day, the usual one first. Raises KeyError for an unknown act."""
    levels: tuple[Level, ...] = competence(act, on).value
    return levels
