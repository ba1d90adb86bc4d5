"""From what came in as JSON to typed facts, with everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.facts import Fact, FactError


def read_all(facts: Sequence[Fact], raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
    """Typed values of all that is asked for and could be read, and what is wrong with the rest."""
    values: dict[str, Any] = {}
    names = {fact.name for fact in facts}
    faults = [
        Refusal("fact.unknown", gettext_noop("This step asks for no such fact."), fact=name)
        for name in raw if name not in names
    ]  # fmt: skip
    for fact in facts:
        try:
            values[fact.name] = fact.read(raw.get(fact.name))
        except FactError as error:
            faults += error.refusals
    return values, faults
