"""From rows of the file to orders for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.cases.engine import NewCase, NewMember, Order
from backend.imports.months import MeetingLine
from backend.imports.people import Person
from backend.members.protected import sealed_columns
from backend.organizations.models import Unit
from workflows.facts import PaperValue
from workflows.lifecycles.meeting import opening_step
from workflows.member_steps.roster import IMPORTS


def roster_paper(batch: UUID, top: Unit, as_of: date) -> PaperValue:
    """The roster as the paper that every imported state stands on."""
    return PaperValue("roster", str(batch)[:13], top.name, as_of)


def entry_order(person: Person, unit: Unit, roster: PaperValue, as_of: date) -> Order:
    """Put a person on the lists with what the roster says."""
    facts: dict[str, Any] = {"roster": roster}
    if person.standing != "candidate":
        days = {"joined_on": person.joined_on, "official_on": person.official_on}
        facts |= {**days, "admission_decided_on": person.admission_decided_on}
        if person.standing == "probationary":
            del facts["official_on"]
        facts |= {"participation": person.participation} if person.participation else {"left_on": person.ended_on}
    given = {name: value for name, value in facts.items() if value is not None}
    return Order(NewMember(unit.pk, profile(person)), IMPORTS[person.standing], as_of, given)


def profile(person: Person) -> dict[str, Any]:
    """Columns of Member, sealed where they are kept encrypted."""
    said = {
        "full_name": person.full_name, "other_name": person.other_name, "sex": person.sex, "born_on": person.born_on,
        "born_year_only": person.born_year_only, "card_issued_on": person.card_issued_on, **person.words,
    }  # fmt: skip
    return said | sealed_columns(person.words)


def recognition_order(member_id: int, joined_on: date, as_of: date) -> Order:
    """The case of somebody who is on probation: its clock runs from the ceremony."""
    target = NewCase("recognition", member_id=member_id)
    return Order(target, "take_over", as_of, {"ceremony_on": joined_on.isoformat()})


def held_order(line: MeetingLine, unit: Unit) -> Order:
    """A past meeting, recorded for the day it was held."""
    facts: dict[str, Any] = {"kind": line.kind, "month": line.month, "held_on": line.held_on}
    if line.minutes_long:
        facts["minutes_long"] = line.minutes_long
    if line.filed_on is None:
        return Order(NewCase("meeting", unit_id=unit.pk), "take_over_unfiled", line.held_on, facts)
    return Order(NewCase("meeting", unit_id=unit.pk), "take_over", line.held_on, {**facts, "filed_on": line.filed_on})


def plan_order(unit: Unit, as_of: date, today: date) -> Order:
    """The regular meeting, in the month of the roster, of a cell that has not held it yet."""
    facts: Mapping[str, Any] = {"kind": "regular", "month": as_of.replace(day=1)}
    return Order(NewCase("meeting", unit_id=unit.pk), opening_step(as_of, today), as_of, facts)
