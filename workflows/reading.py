"""From what came in as JSON to typed facts, with everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.facts import Day, Fact, FactError, Paper, PaperValue

MOST_NAMED, LONGEST_NAME = 50, 60
"""Of facts that nobody asks for: how many are named, and how many letters of each; anybody may have written them."""


def read_all(facts: Sequence[Fact], raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
    """Typed values of all that is asked for and could be read, and what is wrong with the rest."""
    values: dict[str, Any] = {}
    names = {fact.name for fact in facts}
    unknown = [name for name in raw if name not in names][:MOST_NAMED]
    faults = [
        Refusal("fact.unknown", gettext_noop("This step asks for no such fact."), fact=name[:LONGEST_NAME])
        for name in unknown
    ]
    for fact in facts:
        try:
            values[fact.name] = fact.read(raw.get(fact.name))
        except FactError as error:
            faults += error.refusals
    return values, faults


def read_sealed(facts: Sequence[Fact], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values as far as the line of an event has them: days, numbers, choices, ids, the date of a paper.

    What stands beside the line (words, a paper's number, who was at a meeting) is not there.
    """
    values: dict[str, Any] = {}
    for fact in facts:
        raw = sealed.get(fact.name)
        if raw is None:
            continue
        try:
            if isinstance(fact, Paper):
                values[fact.name] = PaperValue(raw["kind"], "", "", Day(fact.name, fact.label).parse(raw["date"]))
            else:
                values[fact.name] = fact.parse(raw)
        except FactError:
            continue
    return values
