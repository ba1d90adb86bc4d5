"""Deadlines whose days follow from their cases, counted again as when they were opened: from what the log says.

The start of an extension is the end of the term before it, the end of a cell's term what an act has set: such a clock is
asked again in the situation of the step that opened it, under the law and the calendar as they stand now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.audit.details import standing
from backend.audit.models import Event
from backend.cases.registry import facts_after, step_of
from backend.deadlines.counting import Counted
from backend.deadlines.drafts import reckon
from backend.deadlines.models import Deadline
from backend.members.models import Member
from workflows import law
from workflows.reading import read_sealed
from workflows.situation import Situation
from workflows.workdays import Calendar


def recount(deadlines: Sequence[Deadline], calendar: Calendar) -> dict[int, Counted]:
    """By id; one that no step of a page opened, or whose clock no longer starts, is left out."""
    wanted = Event.objects.filter(uid__in={one.occurrence for one in deadlines}).defer("line", "commitment")
    opened = {event.uid: event for event in wanted}
    past = _past(opened.values())
    members = Member.objects.in_bulk({event.member_id for event in opened.values() if event.member_id is not None})
    found = {}
    for one in deadlines:
        event = opened.get(one.occurrence)
        step = step_of(event.lifecycle, event.step) if event is not None else None
        if event is None or step is None:
            continue
        seen = Situation(
            on=event.on_date, today=one.opened_on, facts=read_sealed(step.facts, event.facts), calendar=calendar,
            member=members.get(event.member_id or 0), unit_id=event.unit_id, past=past.get(event.uid, {}),
            look_up=law.rule,
        )  # fmt: skip
        for clock in step.opens:
            counted = reckon(clock, seen) if clock.rule == one.rule_id else None
            if counted is not None:
                found[one.pk] = counted
                break
    return found


def _past(events: Collection[Event]) -> dict[UUID, Mapping[str, Any]]:
    """What the case of each event had been told before it."""
    cases = {event.subject_id for event in events if event.subject_kind == "case"}
    uids, told = {event.uid for event in events}, dict[int, dict[str, Any]]()
    found: dict[UUID, Mapping[str, Any]] = {}
    about = standing(Event.objects.filter(subject_kind="case", subject_id__in=cases)).order_by("id")
    for uid, case, lifecycle, step, facts in about.values_list("uid", "subject_id", "lifecycle", "step", "facts"):
        before = told.get(case, {})
        if uid in uids:
            found[uid] = before
        told[case] = facts_after(lifecycle, step, before, facts)
    return found
