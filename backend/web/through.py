"""Through whom a step goes: the offices that hold its right, at the levels that decide."""

from __future__ import annotations

from workflows.offices import GIVEN_OFFICES, LEVELS_OF, RIGHTS, Level, Office
from workflows.vocabulary import Step


def through(step: Step, levels: tuple[Level, ...]) -> str:
    """ "Base organisation: Secretary of the committee, Organisation officer; …": levels with the offices that may there."""
    return "; ".join(f"{level.label}: {offices}" for level in levels if (offices := _offices(step, level)))


def _offices(step: Step, level: Level) -> str:
    holders = [one for one in GIVEN_OFFICES if level in LEVELS_OF[one] and step.by in RIGHTS[Office(one)]]
    return ", ".join(str(one.label) for one in holders)
