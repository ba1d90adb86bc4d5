"""From steps that ran in memory to rows: ids and numbers, states, history, deadlines, events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any
from uuid import UUID

from backend.accounts.policy import Actor
from backend.audit.record import Entry
from backend.cases import amending
from backend.cases.changes import Changes
from backend.cases.crossing import hand_over, turn
from backend.cases.judging import MEMBER_PLACES, Done
from backend.cases.leaving import END_CASE, has_left, leave_cases
from backend.cases.merging import is_merged, take_over
from backend.cases.moved import dates, given, has_moved
from backend.cases.numbers import draw_ids, draw_numbers
from backend.cases.orders import Outcome, UnitRow
from backend.cases.reinforcing import recounted
from backend.core.db import reaching
from backend.deadlines.drafts import Draft, draft
from workflows.catalogue import LIFECYCLES
from workflows.health import sayable, told
from workflows.vocabulary import STAY, Clock, Trace

Drafts = Sequence[tuple[Clock, Draft | None]]


def emit(
    actor: Actor, done: Sequence[Done], changes: Changes, *, batch: UUID | None = None, request_id: str = ""
) -> list[Outcome]:
    """Give every new subject its id and number, then turn each step into rows. One outcome for each step asked.

    What a step of a case of two units leads to may lie in either: it was judged by now, so both are in reach.
    """
    changes.reach |= {one.loaded.place(there).path for one in done if one.step.there for there in (False, True)}
    with reaching(changes.reach) if changes.reach else nullcontext():
        _name_new(list(_all(done)))
        writer = _Writer(actor, changes, batch, request_id)
        return [writer.step(one) for one in done]


def _all(done: Sequence[Done]) -> Iterator[Done]:
    for one in done:
        yield one
        yield from _all(one.started)


def _name_new(done: Sequence[Done]) -> None:
    cases = [one for one in done if one.is_new and one.loaded.case is not None]
    members = [one.loaded.member for one in done if one.is_new and one.loaded.case is None]
    for member, key in zip(members, draw_ids("members_member", len(members)) if members else [], strict=True):
        member.id = key
    if cases:
        wanted = [
            (one.loaded.unit, LIFECYCLES[one.loaded.case.lifecycle].number_code, one.situation.on.year) for one in cases
        ]
        numbered = zip(cases, draw_ids("cases_case", len(cases)), draw_numbers(wanted), strict=True)
        for one, key, number in numbered:
            case = one.loaded.case
            case.id, case.number, case.opened_on = key, number, one.situation.on
            if one.loaded.member is not None:  # named only now where the step that entered the person started the case
                case.member_id = one.loaded.member.pk
            case.exclusive_key = LIFECYCLES[case.lifecycle].exclusive_key(one.situation)


class _Writer:
    """Turns one Done into rows of `changes`; holds what all of them share."""

    def __init__(self, actor: Actor, changes: Changes, batch: UUID | None, request_id: str) -> None:
        self.actor, self.changes, self.batch, self.request_id = actor, changes, batch, request_id
        self._said: dict[tuple[str, int], tuple[dict[str, Any], dict[str, Any]]] = {}

    def step(self, done: Done, cause: UUID | None = None) -> Outcome:
        subject = done.loaded.subject
        subject.version += 1
        drafts = [(clock, draft(clock, done.situation)) for clock in done.step.opens]  # first: they note their versions
        entry = self.entry(done, cause)
        if done.loaded.case is not None:
            self.case(done, entry)
        else:
            self.member(done, done.traces, entry)
        self.changes.log(entry)
        if is_merged(done.traces):
            take_over(done, entry, self.changes)
        amending.write(done, entry, self.changes)
        if done.member_traces:
            self.consequence(done, entry)
        deadlines = self.deadlines(done, entry, drafts)
        for started in done.started:
            self.step(started, cause=entry.uid)
        return self.outcome(done, entry, deadlines)

    def entry(self, done: Done, cause: UUID | None) -> Entry:
        unit, step, seen = done.loaded.place(done.step.there), done.step, done.situation
        sealed, detail = amending.told(done, *self.said(done))
        case, member = done.loaded.case, done.loaded.member
        return Entry(
            code=step.code, subject_kind=done.loaded.kind, subject_id=done.loaded.subject.pk,
            version=done.loaded.subject.version, who=self.actor.who(unit.id if done.grant.on_behalf else None),
            on=seen.on, unit_id=unit.id, unit_path=unit.path, lifecycle=step.lifecycle, step=step.name,
            changes=_changed(done.traces), facts=sealed if case is not None else sealed | dates(done),
            rules=dict(seen.used), cautions=sayable(LIFECYCLES[step.lifecycle], done.cautions), detail=detail,
            member_id=member.pk if member is not None else None, case_id=case.pk if case is not None else None,
            request_id=self.request_id, batch=self.batch, cause=cause, health=told(step, seen.facts),
        )  # fmt: skip

    def said(self, done: Done) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the line says of the facts, and what stands behind it; a ballot stands with the roll it was measured by.

        The subjects of a bulk step are told one thing (`Readings.told`): it is put in its two forms once.
        """
        step, facts = done.step, done.situation.facts
        key = (step.code, id(facts))
        if key not in self._said:
            values = [(fact, facts.get(fact.name)) for fact in step.facts]
            sealed = given({fact.name: fact.sealed(value) for fact, value in values})
            self._said[key] = sealed, given({fact.name: fact.detail(value) for fact, value in values})
        sealed, detail = self._said[key]
        return sealed | {name: {**sealed[name], "roll": roll} for name, roll in done.situation.counted.items()}, detail

    def case(self, done: Done, entry: Entry) -> None:
        case = done.loaded.case
        page = LIFECYCLES[case.lifecycle]
        case.facts = done.step.facts_after(case.facts, entry.facts)
        case.closed_on = done.situation.on if case.state in page.final else None
        if case.closed_on is None or not done.step.there:  # who ends a case that two share keeps it in sight
            case.acting_unit_id, case.acting_path = turn(done.loaded, done.situation.on)
        if done.is_new:
            case.parent_uid = entry.cause
            self.changes.add("new_cases", {name: getattr(case, name) for name in _NEW_CASE})
        else:
            self.changes.add("cases", {name: getattr(case, name) for name in _CASE})

    def member(self, done: Done, traces: Sequence[Trace], entry: Entry) -> None:
        member, seen = done.loaded.member, done.situation
        self.changes.recount(_recounted(done, traces), entry)
        moved = {trace.step.field: trace.target for trace in traces if trace.step.target != STAY}
        if done.is_new and done.loaded.case is None:
            self.changes.enter(member)
            self.changes.turn(member, seen.on, entry, fields=moved, today=seen.today, first=True)
            return
        self.changes.stand(member, placed=any(vars(member)[name] != done.before[name] for name in MEMBER_PLACES))
        moved |= {"unit_id": member.unit_id, "unit_path": member.unit_path} if has_moved(done) else {}
        if is_merged(traces):
            self.changes.retract(member, entry)
        elif moved or done.begins:
            self.changes.turn(member, seen.on, entry, fields=moved, today=seen.today, begins=done.begins)
        if has_left(traces):
            leave_cases(done, entry, self.changes)

    def consequence(self, done: Done, cause: Entry) -> None:
        """The member's own event for what a case's step did to the member."""
        member, step = done.loaded.member, done.member_traces[0].step
        member.version += 1
        handed = hand_over(done.loaded, cause.on, self.changes) if has_moved(done) else {}
        entry = Entry(
            code=step.code, subject_kind="member", subject_id=member.pk, version=member.version, who=cause.who,
            on=cause.on, unit_id=cause.unit_id, unit_path=cause.unit_path, lifecycle=step.lifecycle, step=step.name,
            changes=_changed(done.member_traces), facts=dates(done) | ({"cases": handed} if handed else {}),
            rules=cause.rules, member_id=member.pk, case_id=cause.case_id, request_id=cause.request_id,
            batch=cause.batch, cause=cause.uid,
        )  # fmt: skip
        self.member(done, done.member_traces, entry)
        self.changes.log(entry)
        met, left = {rule for trace in done.member_traces for rule in trace.step.closes}, has_left(done.member_traces)
        if met or left:
            ended = tuple(sorted(met))
            self.changes.close("member", member.pk, entry.on, entry.uid, met=ended, rest=left, by_step=True)

    def deadlines(self, done: Done, entry: Entry, drafts: Drafts) -> list[tuple[str, date]]:
        kind, key, on = done.loaded.kind, done.loaded.subject.pk, done.situation.on
        step, case = done.step, done.loaded.case
        ended = not done.is_new and (has_left(done.traces) if case is None else case.closed_on is not None)
        if ended or step.closes or step.misses or step.cancels:
            met = (*step.closes, END_CASE.rule) if ended else step.closes
            rules = {"met": met, "missed": step.misses, "cancelled": step.cancels}
            self.changes.close(kind, key, on, entry.uid, **rules, rest=ended, by_step=True)
        opened = []
        for clock, drafted in drafts:
            if drafted is not None:
                number = case.number if case is not None else ""
                self.changes.open(drafted, clock, kind, key, done.loaded, entry, number)
                opened.append((drafted.rule_id, drafted.due_on))
        return opened

    def outcome(self, done: Done, entry: Entry, deadlines: list[tuple[str, date]]) -> Outcome:
        case, member = done.loaded.case, done.loaded.member
        state = str(case.state) if case is not None else str(member.standing)
        return Outcome(
            event=entry.uid, kind=done.loaded.kind, id=done.loaded.subject.pk, version=done.loaded.subject.version,
            state=state, on=entry.on, number=case.number if case is not None else "",
            member_id=member.pk if member is not None else None,
            cautions=tuple(done.cautions), deadlines=tuple(deadlines),
        )  # fmt: skip


_CASE = ("id", "state", "version", "facts", "closed_on", "acting_unit_id", "acting_path")
_NEW_CASE = (
    "id", "lifecycle", "number", "state", "version", "member_id", "unit_id", "unit_path", "acting_unit_id", "acting_path",
    "exclusive_key", "facts", "opened_on", "closed_on", "parent_uid",
)  # fmt: skip


def _changed(traces: Sequence[Trace]) -> dict[str, tuple[str, str]]:
    """Field -> (from, to). A field moves once in one step: the database compares a row's before and after."""
    moved = {trace.step.field: (trace.source, trace.target) for trace in traces}
    if len(moved) != len(traces):
        raise RuntimeError(f"{traces[0].step.lifecycle}: one step moves a field twice")
    return moved


def _recounted(done: Done, traces: Sequence[Trace]) -> list[UnitRow]:
    """The units whose number of official members the step has changed."""
    member, loaded = done.loaded.member, done.loaded
    was = next((trace.source for trace in traces if trace.step.field == "standing"), member.standing)
    units = recounted((was, done.before["unit_id"]), (member.standing, member.unit_id))
    return [one for one in (loaded.unit, loaded.place(there=True)) if one.id in units] if units else []
