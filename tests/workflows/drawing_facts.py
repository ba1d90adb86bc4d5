"""Facts drawn at random: for every kind of fact a typed value such as `Fact.read` would give."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from workflows.electing import Election, ElectionValue, Winner
from workflows.entries import EntryRef
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Number, Paper, PaperValue, Text
from workflows.units import UnitRef
from workflows.voting import Ballot, BallotValue, Presence, RollCall

AROUND = date(2027, 2, 1)
DAYS = st.integers(-800, 800).map(lambda days: AROUND + timedelta(days=days))
COUNTS = st.integers(0, 12)


def values_of(fact: Fact) -> st.SearchStrategy[Any]:
    """Values of a fact; an optional one is left out now and then."""
    drawn = _required(fact)
    return drawn if fact.required else st.none() | drawn


def _required(fact: Fact) -> st.SearchStrategy[Any]:
    match fact:
        case Paper():
            return DAYS.map(lambda day: PaperValue(fact.paper or fact.name, "01", "Chi bộ", day))
        case Day():
            return DAYS
        case Text():
            return st.just("x")
        case Number():
            return st.integers(fact.minimum, min(fact.maximum, fact.minimum + 60))
        case Flag():
            return st.booleans()
        case Choice():
            return st.sampled_from([key for key, _ in fact.choices])
        case MemberRef():
            return st.sets(st.integers(1, 4), min_size=1, max_size=3 if fact.many else 1).map(tuple)
        case Ballot():
            return st.builds(BallotValue, st.just(5), COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
        case UnitRef():
            return st.sampled_from(["87.107.000.000.001", "87.108.000.000.001", "87.108", "01"])
        case EntryRef():
            return st.just(("0199e2a0-0000-7000-8000-000000000001",))
        case RollCall():
            return st.dictionaries(st.integers(1, 9), st.sampled_from(Presence.values), min_size=1)
        case Election():
            winner = st.builds(Winner, st.integers(1, 9), COUNTS)
            winners = st.lists(winner, min_size=1, max_size=fact.most, unique_by=lambda one: one.member).map(tuple)
            return st.builds(ElectionValue, COUNTS, COUNTS, COUNTS, winners)
    raise AssertionError(fact)


def facts_of(facts: tuple[Fact, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """One value for each fact a step asks for."""
    return st.fixed_dictionaries({fact.name: values_of(fact) for fact in facts})
