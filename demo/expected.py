"""Which outcomes must stand for which rung: worked out here from plans and ladders, apart from the sweep's own SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from workflows.ladders import Ladder


class Told(NamedTuple):
    """Who must be told of one rung of one deadline, by which channel. No office: nobody stands so far up."""

    deadline: int
    rung: int
    unit: int
    office: str
    channel: str


@dataclass(frozen=True)
class Plan:
    """A deadline as planned: business days on which it was opened and closed (None: still open)."""

    id: int
    acting_path: str
    ladder: str
    days: Sequence[date | None]
    opened: date
    closed: date | None


Offices = Callable[[int], Sequence[str]]
"""The offices told at a unit."""


def due(plan: Plan, today: date) -> tuple[set[int], set[int]]:
    """Rungs that must have their outcomes, and those that may: on the day it closes the sweep may come first or last."""
    must, may = set(), set()
    for rung, day in enumerate(plan.days):
        if day is None or day > today:
            continue
        swept = max(day, plan.opened)
        if plan.closed is None or swept < plan.closed:
            must.add(rung)
        elif swept == plan.closed:
            may.add(rung)
    return must, may


def told(plan: Plan, rung: int, ladder: Ladder, offices: Offices) -> set[Told]:
    """The outcomes of one rung: one for each office of the unit it climbs to, and each channel."""
    one = ladder.rungs[rung]
    chain = [int(part) for part in plan.acting_path.strip("/").split("/")]
    place = len(chain) - 1 - one.up
    unit = chain[place] if place >= 0 else chain[-1]
    names = offices(unit) if place >= 0 else [""]
    return {Told(plan.id, rung, unit, name, channel) for name in names for channel in one.channels}


def compare(
    plans: Iterable[Plan], found: Mapping[Told, int], ladders: Mapping[str, Ladder], offices: Offices, today: date
) -> tuple[int, list[str]]:
    """How many outcomes must stand, and a sentence for each that is missing, twice there, or not due at all."""
    wanted, allowed = set[Told](), set[Told]()
    for plan in plans:
        must, may = due(plan, today)
        for rung in must:
            wanted |= told(plan, rung, ladders[plan.ladder], offices)
        for rung in may:
            allowed |= told(plan, rung, ladders[plan.ladder], offices)
    faults = [f"No outcome for {_said(one)}." for one in sorted(wanted - set(found))]
    faults += [f"An outcome that was not due: {_said(one)}." for one in sorted(set(found) - wanted - allowed)]
    faults += [f"{count} outcomes for {_said(one)}." for one, count in sorted(found.items()) if count > 1]
    return len(wanted), faults


def _said(one: Told) -> str:
    return f"deadline {one.deadline}, rung {one.rung}, {one.office or 'nobody'} at unit {one.unit} by {one.channel}"
