"""The ladders that units have settled: their own versions and their choices among those delivered, the nearest unit's first.

The rungs of an own version are kept once, under a name that is a digest of them: what was kept never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.core.db import execute
from backend.organizations.chains import a_day, chains, kept
from backend.organizations.models import OwnLadder, Unit
from workflows import ladders, law
from workflows.answers import Refusal
from workflows.ladders import Ladder
from workflows.ladders.choosing import Chosen, may_replace
from workflows.ladders.own import below_floor, of_rows

UNKNOWN_RULE = Refusal("unit.unknown_rule", gettext_noop("There is no rule “%(rule)s”."), fact="ladders")
UNKNOWN_LADDER = Refusal(
    "unit.unknown_ladder", gettext_noop("There is no ladder “%(ladder)s”."), remedy=gettext_noop("The ladders are: %(known)s."),
    fact="ladders",
)  # fmt: skip
BELOW_FLOOR = Refusal(
    "unit.ladder_below_floor",
    gettext_noop("The ladder “%(ladder)s” says too little for %(rule)s."),
    remedy=gettext_noop("Choose one that reminds the office that must act on the day, and the level above after it."),
    fact="ladders",
)
ENDS_FIRST = Refusal("unit.ladder_ends_first", gettext_noop("The last day lies before the first."), fact="until")
_LEVELS = """
SELECT max(cardinality(string_to_array(trim(BOTH '/' FROM path), '/'))) - 1 FROM organizations_unit
WHERE path >= %s AND path < %s || '~' AND closed_on IS NULL"""
_known: dict[str, Ladder] = {}
"""Own versions that were read; a name stands for its contents, in every database."""


@dataclass(frozen=True)
class Standing:
    """The ladder of a rule, and what a unit (`unit_id`) settled about it; nothing: as delivered, or as a pack has it."""

    rule: str
    ladder: Ladder
    settled: Chosen | None
    unit_id: int


def ladder_called(name: str) -> Ladder | None:
    """A ladder by its name, delivered or a unit's own; None where there is none (any more)."""
    if "@" not in name:
        return ladders.ladder_called(name)
    if name not in _known:
        rows = OwnLadder.objects.filter(pk=name).values_list("rungs", flat=True).first()
        if rows is None:
            return None
        _known[name] = of_rows(name, rows)
    return _known[name]


def keep(found: Iterable[Ladder]) -> None:
    """Keep the rungs of versions; those that are there stay."""
    rows = [OwnLadder(name=one.name, rungs=[rung.row() for rung in one.rungs]) for one in found]
    OwnLadder.objects.bulk_create(rows, ignore_conflicts=True)


def ladder_history(unit: Unit) -> list[tuple[Chosen, int]]:
    """Everything that was settled for the unit where it stands now, the nearest unit first, with the unit that did it."""
    chain = chains([unit])[unit.pk]
    settled = kept({unit.pk: chain})
    return [(one, key) for key in reversed(chain) for one in settled_of(settled.get(key, {}))]


def standing(unit: Unit, rules: Iterable[str], day: date, packs: frozenset[str]) -> list[Standing]:
    """What reminds of each rule's deadlines of the unit due on a day on which these provincial packs are on."""
    history = [(one, key) for one, key in ladder_history(unit) if one.on(day)]
    found = []
    for rule in rules:
        one, key = next(((one, key) for one, key in history if one.rule == rule), (None, 0))
        ladder = ladder_called(one.ladder) if one else None
        settled = (one, key) if ladder else (None, 0)
        found.append(Standing(rule, ladder or ladders.ladder_for(rule, lambda: packs), *settled))
    return found


def chosen_ladders(units: Iterable[Unit]) -> dict[int, tuple[Chosen, ...]]:
    """What holds for each of the units, the nearest unit's first."""
    above = chains(units)
    settled = kept(above)
    return {key: nearest(settled.get(one, {}) for one in chain) for key, chain in above.items()}


def nearest(chain: Iterable[Mapping[str, Any]]) -> tuple[Chosen, ...]:
    """What holds, from what a unit's ancestors and it have kept (the root first): the nearest first."""
    return tuple(one for settled in reversed(list(chain)) for one in settled_of(settled))


def settled_of(settled: Mapping[str, Any]) -> tuple[Chosen, ...]:
    """What one unit has settled: ladders of its own go before its choices."""
    return (*own_of(settled), *chosen_of(settled))


def own_of(settled: Mapping[str, Any]) -> tuple[Chosen, ...]:
    """The versions of one unit's own ladders, by rule, the oldest first."""
    rows = settled.get("own_ladders", ())
    return tuple(Chosen(rule, name, a_day(since), a_day(until), version) for rule, name, since, until, version in rows)


def chosen_of(settled: Mapping[str, Any]) -> tuple[Chosen, ...]:
    """What one unit has chosen among the delivered ladders."""
    rows = settled.get("ladders", ())
    return tuple(Chosen(rule, name, a_day(since), a_day(until)) for rule, name, since, until in rows)


def rules_settled() -> set[str]:
    """The rules for which any unit, or any provincial pack, has a ladder of its own."""
    every = Unit.objects.exclude(settings={}).values_list("settings", flat=True)
    return {one.rule for settled in every for one in settled_of(settled)} | rules_of_packs()


def rules_of_packs() -> set[str]:
    """The rules for which a provincial pack has a ladder."""
    return {rule for rules in ladders.rules_of_packs().values() for rule in rules}


def wrong_choices(chosen: Iterable[Chosen]) -> list[Refusal]:
    """What is wrong with choices among the delivered ladders, all at once."""
    known, rules = {ladder.name: ladder for ladder in ladders.ladders()}, rules_known()
    wrong = []
    for one in chosen:
        words = {"rule": one.rule, "ladder": one.ladder, "known": ", ".join(sorted(known))}
        if one.rule not in rules:
            wrong.append(replace(UNKNOWN_RULE, params=words))
        elif one.ladder not in known:
            wrong.append(replace(UNKNOWN_LADDER, params=words))
        elif not may_replace(known[one.ladder], one.rule):
            wrong.append(replace(BELOW_FLOOR, params=words))
        if one.until is not None and one.until < one.since:
            wrong.append(ENDS_FIRST)
    return wrong


def wrong_own(unit: Unit, found: Mapping[str, Ladder]) -> list[Refusal]:
    """What is wrong with ladders of a unit's own, by rule: no such rule, or below the floor."""
    levels, rules = levels_of(unit), rules_known()
    unknown = [replace(UNKNOWN_RULE, params={"rule": rule[:40]}) for rule in found if rule not in rules]
    return unknown + [fault for rule, one in found.items() if rule in rules for fault in below_floor(one, rule, levels)]


def levels_of(unit: Unit) -> int:
    """How many levels there are above the lowest unit that a ladder of this one would remind."""
    ((levels,),) = execute(_LEVELS, [unit.path, unit.path])
    return int(levels or 0)


def rules_known() -> set[str]:
    """The rules of the law, those of provincial packs among them."""
    return {row.id for row in law.rules(packs=law.packs())}
