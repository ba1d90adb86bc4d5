"""What tells of somebody's health: kept in a table of its own, for the offices that take part where it is recorded.

A page marks such a fact by `health=True`. It stands neither in the line of the log nor with the case nor among the words
behind the line; who reads it follows from the page's steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflows.answers import Caution
from workflows.offices import GIVEN_OFFICES, LADDER, LEVELS_OF, Level, Office, Right, holds
from workflows.vocabulary import Lifecycle, Step


def told(step: Step, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of the typed facts that a step was told, those about health, as JSON by name."""
    return {fact.name: fact.dump(facts[fact.name]) for fact in step.facts if fact.health and facts.get(fact.name)}


def sayable(page: type[Lifecycle], cautions: Iterable[Caution]) -> list[str]:
    """The codes of cautions that the line may hold: one about a fact of health would tell what was said of it."""
    kept = names(page)
    return [one.code for one in cautions if one.fact not in kept]


def names(page: type[Lifecycle]) -> frozenset[str]:
    """The facts about health that a page asks for; none on most pages."""
    return frozenset(fact.name for step in page.steps().values() for fact in step.facts if fact.health)


def readers(page: type[Lifecycle]) -> frozenset[Office]:
    """The offices that take part in a page that asks for such facts, those that record for a cell included."""
    if not names(page):
        return frozenset()
    return frozenset(office for office in GIVEN_OFFICES for step in page.steps().values() if _takes(office, step))


def _takes(office: Office, step: Step) -> bool:
    levels = step.at if isinstance(step.at, tuple) else LADDER
    own = not {*levels}.isdisjoint(LEVELS_OF[office])
    on_behalf = Level.CELL in levels and holds(office, Right.RECORD_ON_BEHALF)
    return holds(office, step.by) and (own or on_behalf)


def faults(page: type[Lifecycle]) -> Iterator[str]:
    """What is wrong with the facts of a page that are, or are not, about health."""
    kept = names(page)
    if kept and page.subject != "case":
        yield f"{page.key}: facts about health are kept with cases alone."
    for name, one in page.steps().items():
        for fact in one.facts:
            if fact.name in kept and not fact.health:
                yield f"{page.key}.{name}: {fact.name!r} is about health in another step."
