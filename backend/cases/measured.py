"""What the ballots of a step that is about to be taken will be measured against: the arithmetic, before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.accounts.policy import Actor
from backend.cases.options import Ahead
from backend.cases.situation import Readings, people_of, situation
from workflows.guards.measuring import Measured, measure
from workflows.plain import whole_number
from workflows.voting import Ballot, BallotValue


def measured(actor: Actor, ahead: Ahead, facts: Mapping[str, Any], on: date, today: date) -> dict[str, Measured]:
    """By name, the threshold of each ballot that names a meeting of the unit; totals that are not given yet count as 0."""
    seen = situation(
        ahead.loaded, {}, on=on, today=today, readings=Readings(to_write=False), members=people_of(actor.path),
        actor=actor,
    )  # fmt: skip
    found: dict[str, Measured] = {}
    for fact in ahead.option.step.facts:
        raw = facts.get(fact.name)
        if not isinstance(fact, Ballot) or not isinstance(raw, Mapping):
            continue
        meeting, issued = whole_number(raw.get("meeting")), whole_number(raw.get("issued")) or 0
        view = seen.meeting(meeting) if meeting and meeting < 2**63 else None
        if view is not None and view.unit_id == seen.unit_id:
            found[fact.name] = measure(seen, fact, BallotValue(view.id, issued, 0, 0, 0, 0))
    return found
