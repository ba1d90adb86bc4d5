"""Facts as a scenario writes them, for the engine: names for ids, a ballot's meeting, papers that are simply there.

What is not said of papers and words is sound: a paper that is needed is there and bears the day of the step. Numbers,
votes, choices and people are never made up.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.cases.models import Case
from backend.organizations.models import Unit
from backend.scenarios.world import World
from workflows.electing import Election
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Paper, Text
from workflows.scenarios import BadScenario, Block, Fault, Items, words
from workflows.scenarios.faults import unknown
from workflows.units import UnitRef
from workflows.vocabulary import Step
from workflows.voting import Ballot, Presence, RollCall

NO_MEETING = 2**31
"""The id of no meeting: a ballot of a day on which the cell did not meet names it."""
NOT_SAID = gettext_noop("This step asks for “%(fact)s” (%(label)s); write it among the facts.")
VOTES = gettext_noop("A vote is written {yes: 14, no: 3}; valid, collected, issued and meeting may be added.")


def told(world: World, step: Step, unit: Unit, on: date, written: Block) -> dict[str, Any]:
    """The raw facts of a step. Raises BadScenario for what cannot be left unsaid."""
    facts = {}
    for fact in step.facts:
        value = written.get(fact.name)
        if fact.name in written:
            facts[fact.name] = _value(world, fact, value, unit, on, written)
        elif fact.required:
            facts[fact.name] = _sound(fact, on, written)
    return facts


def _sound(fact: Fact, on: date, written: Block) -> Any:
    if isinstance(fact, Paper):
        return _paper(on.isoformat())
    if isinstance(fact, Text):
        return "như biên bản"
    if isinstance(fact, Day) and not fact.ahead:
        return on.isoformat()
    if isinstance(fact, Flag):
        return True
    raise BadScenario([Fault(written.line, NOT_SAID, {"fact": fact.name, "label": fact.label})])


def _value(world: World, fact: Fact, value: Any, unit: Unit, on: date, written: Block) -> Any:
    line = written.at(fact.name)
    if value is None or value == words.NONE:
        return None
    match fact:
        case Paper():
            return (
                {**_paper(""), **value}
                if isinstance(value, Block)
                else _paper(on.isoformat() if value is True else value)
            )
        case MemberRef():
            ids = world.named(value if isinstance(value, Items) else [value], line)
            return ids if fact.many else ids[0]
        case UnitRef():
            value = world.code(value, line)
        case Ballot():
            value = _ballot(world, value, unit, on, line)
        case RollCall():
            value = _roll(world, value)
        case Election():
            value = _election(world, value)
        case Choice():
            value = words.find(dict(fact.choices), str(value)) or value
    return value


def _paper(day: str) -> dict[str, str]:
    return {"number": "01", "issuer": "Chi bộ", "date": day}


def _ballot(world: World, value: Any, unit: Unit, on: date, line: int) -> dict[str, int]:
    """Totals; those not said follow from the votes. The meeting is the one the cell held on the day, unless it is named."""
    if not isinstance(value, Block) or not {"yes", "no"} & set(value):
        raise BadScenario([Fault(line, VOTES)])
    total = value.get("yes", 0) + value.get("no", 0)
    counts = {"yes": value.get("yes", 0), "no": value.get("no", 0)}
    for name in ("valid", "collected", "issued"):
        total = counts[name] = value.get(name, total)
    return {**counts, "meeting": _meeting(world, value, unit, on)}


def _roll(world: World, value: Block) -> dict[str, str]:
    """Presence by id, of people and of groups by their names."""
    choices = dict(Presence.choices)
    words_ = {name: words.find(choices, str(word)) or str(word) for name, word in value.items()}
    return {str(key): words_[name] for name in value for key in world.named([name], value.at(name))}


def _election(world: World, value: Block) -> dict[str, Any]:
    """Who was elected with how many votes; of the totals those not said are as many as were issued."""
    totals = {name: value.get(name, value.get("issued", 0)) for name in ("issued", "collected", "valid")}
    winners = value.get("winners") or Block(value.line)
    named = [{"member": world.member(name, winners.at(name)), "votes": votes} for name, votes in winners.items()]
    return {**totals, "winners": named}


def _meeting(world: World, value: Block, unit: Unit, on: date) -> int:
    if "meeting" in value:
        if value["meeting"] not in world.cases:
            raise BadScenario([unknown(value.at("meeting"), value["meeting"], world.cases)])
        return world.cases[value["meeting"]]
    held = Case.objects.filter(lifecycle="meeting", unit_id=unit.pk, facts__held_on=on.isoformat()).order_by("-pk")
    return held.values_list("pk", flat=True).first() or NO_MEETING
