"""What the ballots of a step that is about to be taken will be measured against: the arithmetic, before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backend.accounts.policy import Actor
from backend.cases.options import Ahead
from backend.cases.situation import Readings, people_of, situation
from workflows.answers import Refusal
from workflows.guards.measuring import Measured, measure
from workflows.guards.votes import ballot_adds_up
from workflows.plain import whole_number
from workflows.voting import Ballot, BallotValue


@dataclass(frozen=True)
class Counted:
    """The threshold of a ballot, and why its totals cannot be, as far as they are given."""

    threshold: Measured
    fault: Refusal | None


def measured(actor: Actor, ahead: Ahead, facts: Mapping[str, Any], on: date, today: date) -> dict[str, Counted]:
    """By name, each ballot that names a meeting of the unit."""
    seen = situation(
        ahead.loaded, {}, on=on, today=today, readings=Readings(to_write=False), members=people_of(actor.path),
        actor=actor,
    )  # fmt: skip
    found: dict[str, Counted] = {}
    for fact in ahead.option.step.facts:
        raw = facts.get(fact.name)
        if not isinstance(fact, Ballot) or not isinstance(raw, Mapping):
            continue
        meeting, issued = whole_number(raw.get("meeting")), whole_number(raw.get("issued")) or 0
        view = seen.meeting(meeting) if meeting and meeting < 2**63 else None
        if view is not None and view.unit_id == seen.unit_id:
            fault = ballot_adds_up(fact)(replace(seen, facts={fact.name: _so_far(view.id, raw)}))
            found[fact.name] = Counted(
                measure(seen, fact, BallotValue(view.id, issued, 0, 0, 0, 0)),
                fault if isinstance(fault, Refusal) else None,
            )
    return found


def _so_far(meeting: int, raw: Mapping[str, Any]) -> BallotValue:
    """The totals that are given; each of the others is the least that those below it leave."""
    given = {name: whole_number(raw.get(name)) for name in ("yes", "no", "valid", "collected", "issued")}
    yes, no = given["yes"] or 0, given["no"] or 0
    least, totals = yes + no, dict[str, int]()
    for name in ("valid", "collected", "issued"):
        value = given[name]
        least = totals[name] = least if value is None else value
    return BallotValue(meeting, yes=yes, no=no, **totals)
