"""Facts for a step: such as its office would give, and such as nobody should get away with.

Nothing here names a page: a value is made for the kind of a fact, and where that is not enough for its name. A step of a
lifecycle that is added is told something sensible where its facts bear the names that others have. Words are such as would do
something, were they ever run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.attacks.words import FORMED, SHORT, hostile
from tests.machine.stage import FILLED, Place
from tests.world import paper
from workflows.electing import Election
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Number, Paper, Text
from workflows.offices import Level, Right
from workflows.profile import Name, PersonalId, Phone
from workflows.units import UnitRef
from workflows.vocabulary import Step
from workflows.voting import Ballot, RollCall


@dataclass(frozen=True)
class Held:
    """A meeting of the cell that was held: its case, its day, and how many there could vote."""

    id: int
    on: date
    voters: int


@dataclass(frozen=True)
class Seen:
    """What whoever records a step can look up: the day, the person, what the case says so far, people and places."""

    on: date
    member: Any
    past: Mapping[str, Any]
    home: Place
    officials: Sequence[int]
    everybody: Sequence[int]
    places: Sequence[Place]
    meeting: Held | None

    def left_on(self) -> date:
        return min(getattr(self.member, "left_on", None) or self.on, self.on)

    def joined_on(self) -> date:
        return getattr(self.member, "joined_on", None) or self.on

    def counted(self, name: str) -> int:
        return int(self.past.get(name) or 0) + 1


_DAYS: Mapping[str, Callable[[Seen], date]] = {
    "ceremony_on": Seen.joined_on,
    "educated_since": lambda seen: seen.on - timedelta(days=400),
    "begun_on": lambda seen: seen.on - timedelta(days=600),
    "joined_on": lambda seen: seen.on - timedelta(days=3000),
    "official_on": lambda seen: seen.on - timedelta(days=2000),
}
_NUMBERS: Mapping[str, Callable[[Seen], int]] = {
    "attempt": lambda seen: seen.counted("attempt"),
    "request_number": lambda seen: seen.counted("request_number"),
    "year": lambda seen: seen.on.year,
    "summoned": lambda seen: len(seen.officials),
}
_PLAIN: Mapping[str, int] = {"months": 4, "years": 3, "months_together": 24, "contract_months": 24, "relatives": 3,
                             "verified": 3, "confirmed": 0, "excepted": 0, "committee_size": 9, "score": 85, "badge_years": 30,
                             "minutes_long": 95}  # fmt: skip
_SEVERAL: Mapping[str, Sequence[int]] = {
    "committee_yes": (9, 6, 5, 4),
    "failed_ballots": (0, 0, 3),
    "percent": (50, 30, 70),
}
_WANTED = frozenset({"to_unit", "months", "years"})
"""Facts that a page asks for in some cases only, where they are given always."""
_USUALLY_NOT = frozenset({"expulsion_due", "organisation_there", "abroad", "combined"})
"""Flags that are rarely up."""


def good(step: Step, seen: Seen, chance: Random) -> dict[str, Any]:
    """Facts as an office gives them that knows the rules: mostly in order, and mostly enough."""
    places = {fact.name for fact in step.facts} >= {"to_unit", "place"}
    left_out = chance.choice(("place", "place", "place", "to_unit")) if places else ""
    wanted = [one for one in step.facts if one.required or one.name in _WANTED or places or chance.random() < 0.5]
    wanted = [one for one in wanted if one.name != left_out]
    return {fact.name: _value(fact, step, seen, chance) for fact in wanted}


def _value(fact: Fact, step: Step, seen: Seen, chance: Random) -> Any:
    match fact:
        case Paper():
            return paper(seen.on, chance.choice(("12-NQ/CB", SHORT)))
        case Day():
            return _day(fact, seen, chance).isoformat()
        case Name():
            return f"{FORMED[Name]} {chance.choice('ABCDE')}"
        case PersonalId() | Phone():
            return "".join(chance.choice("123456789") for _ in FORMED[type(fact)])
        case Text():
            return hostile(fact)
        case Number():
            return _number(fact, seen, chance)
        case Flag() if step.by == Right.CORRECT:  # to be emptied: what every record of the stage says
            return fact.name in FILLED
        case Flag():
            return chance.choice(MOSTLY) is not (fact.name in _USUALLY_NOT)
        case Choice():
            return chance.choice(_choices(fact, seen))
        case MemberRef():
            return _members(fact, seen, chance)
        case Ballot():
            return _ballot(step, seen, chance)
        case UnitRef():
            return _unit(seen, chance)
        case RollCall():
            return {str(one): "present" for one in seen.officials}
        case Election():
            return _election(seen)
    return None


MOSTLY = (True,) * 11 + (False,)


def _day(fact: Day, seen: Seen, chance: Random) -> date:
    if fact.name in _DAYS:
        return _DAYS[fact.name](seen)
    if fact.name == "from_on":
        return seen.on + timedelta(days=chance.choice((1, 14)))
    if fact.name == "month":  # the present one, or one that is over
        return seen.on - timedelta(days=0 if fact.ahead else chance.choice((0, 45)))
    if fact.ahead:
        return seen.on + timedelta(days=chance.choice((120, 20, 200, 330)))
    if fact.name == "received_on":
        return chance.choice((seen.on, seen.left_on()))
    return seen.on


def _choices(fact: Choice, seen: Seen) -> list[str]:
    """All of them; where one was chosen before and the next goes further up, those above it."""
    keys = [key for key, _ in fact.choices]
    return keys[keys.index(seen.past[fact.name]) + 1 :] or keys if seen.past.get(fact.name) in keys else keys


def _number(fact: Number, seen: Seen, chance: Random) -> int:
    if fact.name in _NUMBERS:
        return min(max(_NUMBERS[fact.name](seen), fact.minimum), fact.maximum)
    if fact.name in _SEVERAL:
        return chance.choice(_SEVERAL[fact.name])
    return min(max(_PLAIN.get(fact.name, 1), fact.minimum), fact.maximum)


def _members(fact: MemberRef, seen: Seen, chance: Random) -> Any:
    own = getattr(seen.member, "pk", None)
    others = [one for one in seen.officials if one != own] or list(seen.everybody)
    if fact.name == "kept":
        return chance.choice([one for one in seen.everybody if one != own])
    first = chance.randint(0, len(others) - 1)
    chosen = [others[first], others[(first + 1) % len(others)]]
    return list(dict.fromkeys(chosen)) if fact.many else chosen[0]


def _ballot(step: Step, seen: Seen, chance: Random) -> dict[str, int]:
    """All for it, just enough or just too few, or against, of those who were there; mostly as the step says it went."""
    held = seen.meeting or Held(0, seen.on, 0)
    most = held.voters
    enough = -(-2 * most // 3)
    carried, failed = (most, most, most, enough), (max(enough - 1, 0), 0)
    record = step.name.startswith(("record_", "report_"))
    yes = chance.choice((*failed, *failed, *failed, most) if record else (*carried, *carried, *failed))
    return {"meeting": held.id, "issued": most, "collected": most, "valid": most, "yes": yes, "no": most - yes}


def _election(seen: Seen) -> dict[str, Any]:
    """One winner, by the votes of all who were there; whoever is wanted for no committee is wanted for an office."""
    most = len(seen.officials)
    winners = [{"member": one, "votes": most} for one in seen.officials[:1]]
    return {"issued": most, "collected": most, "valid": most, "winners": winners}


def _unit(seen: Seen, chance: Random) -> str:
    """Another place; the base organisation on the introduction paper, where there is one."""
    named = next((one.base for one in seen.places if one.code == seen.past.get("to_unit")), None)
    likely = [
        one.code for one in seen.places
        if one.id != seen.home.id and (named is None or (one.base == named and one.level == Level.CELL))
    ]  # fmt: skip
    return chance.choice(likely or [one.code for one in seen.places])


_STRANGE: Sequence[Any] = (None, "", "x", -1, 0, 10**6, True, [], {}, "2026-13-01", "1899-12-31", "87.999")


def spoiled(step: Step, facts: Mapping[str, Any], seen: Seen, chance: Random) -> dict[str, Any]:
    """The same facts with one of them wrong: missing, dated otherwise, another one's, or no such thing at all."""
    name = chance.choice(sorted([*facts, "no_such_fact"]))
    return {**facts, name: chance.choice([*_wrong(facts.get(name), seen), chance.choice(_STRANGE)])}


def _wrong(value: Any, seen: Seen) -> Sequence[Any]:
    days = [(seen.on + timedelta(days=step)).isoformat() for step in (1, -1, -45, -400)]
    if isinstance(value, dict) and "date" in value:
        return [{**value, "date": day} for day in days]
    if isinstance(value, dict) and "yes" in value:
        return [{**value, part: value[part] + 3} for part in ("yes", "valid", "issued", "meeting")]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1, *seen.everybody]
    if isinstance(value, str) and value[:1] == "2":
        return days
    return [None]
