"""Made-up trees, people, cases and offices for a day, and in plain Python what each office must be shown of them.

The rows are written as they are, past the engine, in a transaction that is never committed: who sees what is asked here, not
how it came about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from hypothesis import strategies as st

from backend.accounts.models import Assignment, User
from backend.alerts.models import Notice
from backend.audit.models import Event
from backend.cases.models import Case
from backend.contacts.models import Endpoint
from backend.core.partitions import ensure_month
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.members.models import Member
from backend.organizations.models import Unit, UnitSpell
from workflows.catalogue import LIFECYCLES
from workflows.offices import CELL_OFFICES, GIVEN_OFFICES, RIGHTS, SUBSTITUTES, SUBTREE_OFFICES, Level, Office, Right

TODAY, MONTH = date(2026, 11, 2), date(2026, 11, 1)
STANDINGS = ("official", "official", "candidate", "removed", "merged", "")
CASES = (("recognition", "probation"), ("screening", "noted"), ("removal", "opened"), ("transfer", "introduced"),
         ("away", "returned"), ("meeting", "planned"), ("away", ""))  # fmt: skip
OUT = {"removed", "expelled", "withdrawn"}
AGED, YOUNG = date(1996, 10, 5), date(2015, 1, 5)
"""A member of thirty years, and one of eleven."""
_few = st.integers(0, 30)
_days = st.integers(-40, 40)


@dataclass(frozen=True)
class Plan:
    """Numbers that a world is made of; each is taken modulo what there is to choose from."""

    parents: list[int]
    moved: list[int]
    members: list[tuple[int, int, int, bool]]
    cases: list[tuple[int, int, int, bool]]
    offices: list[tuple[int, int, int, int, bool]]


plans = st.builds(
    Plan, st.lists(_few, min_size=4, max_size=8), st.lists(_few, max_size=2),
    st.lists(st.tuples(_few, _few, _few, st.booleans()), min_size=4, max_size=6),
    st.lists(st.tuples(_few, _few, _few, st.booleans()), min_size=3, max_size=7),
    st.lists(st.tuples(_few, _few, _days, _days, st.booleans()), min_size=4, max_size=6),
)  # fmt: skip


@dataclass
class Made:
    """All rows, with the moves of units: (unit, its path before TODAY)."""

    units: list[Unit] = field(default_factory=list)
    before: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)

    def held(self, day: date) -> Iterator[Assignment]:
        yield from (one for one in self.assignments if one.from_date <= day <= (one.to_date or date.max))


def make(plan: Plan) -> Made:
    made = Made()
    _units(made, plan)
    for place, (home, guest, standing, aged) in enumerate(plan.members):
        unit, other = _cell(made, home), _cell(made, guest)
        decided = AGED if aged else YOUNG
        made.members.append(Member.objects.create(
            full_name=f"Nguyễn Văn {place}", sort_key=f"{place}", unit=unit, unit_path=unit.path, version=1,
            standing=STANDINGS[standing % len(STANDINGS)], participation="attending", admission_decided_on=decided,
            joined_on=decided, official_on=decided + timedelta(days=400),
            guest_unit=other if other != unit and guest % 3 == 0 else None,
            guest_path=other.path if other != unit and guest % 3 == 0 else None,
        ))  # fmt: skip
    _cases(made, plan)
    for unit in made.units:
        _at(made, unit)
    for place, (office, at, since, until, handed) in enumerate(plan.offices):
        _seat(made, f"p{place}", office, at, sorted((since, until)), handed=handed)
    return made


def _units(made: Made, plan: Plan) -> None:
    """The root is a province; what has nothing below it is a cell, all between are committees of bases."""
    chosen = [None, *(number % (place + 1) for place, number in enumerate(plan.parents))]
    leaves = {place for place in range(len(chosen)) if place not in chosen}
    for place, number in enumerate(chosen):
        level = Level.PROVINCE if number is None else Level.CELL if place in leaves else Level.BASE
        parent = None if number is None else made.units[number]
        unit = Unit.objects.create(
            code=f"{60 + place}",
            name=f"U{place}",
            level=level,
            parent=parent,
            path=f"/new{place}/",
            opened_on=date(2020, 1, 1),
        )
        unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])
        made.units.append(unit)
    for number in plan.moved:  # a cell that stood right below the root until yesterday
        unit = made.units[number % len(made.units)]
        if unit.level == Level.CELL:
            made.before[unit.pk] = (made.units[0].pk, f"{made.units[0].path}{unit.pk}/")
    for unit in made.units:
        _spells(made, unit)


def _spells(made: Made, unit: Unit) -> None:
    now = (unit.parent_id, unit.path)
    stretches = [(now, (date(2020, 1, 1), None))]
    if unit.pk in made.before:
        stretches = [(made.before[unit.pk], (date(2020, 1, 1), TODAY)), (now, (TODAY, None))]
    for (parent, path), valid in stretches:
        UnitSpell.objects.create(
            unit=unit, name=unit.name, code=unit.code, level=unit.level, parent_id=parent, path_then=path,
            unit_path=unit.path, valid=valid, recorded_at=timezone.now(),
        )  # fmt: skip


def _cell(made: Made, number: int) -> Unit:
    cells = [one for one in made.units if one.level == Level.CELL]
    return cells[number % len(cells)]


def _cases(made: Made, plan: Plan) -> None:
    for place, (kind, who, turn, closed) in enumerate(plan.cases):
        lifecycle, state = CASES[kind % len(CASES)]
        member = made.members[who % len(made.members)] if LIFECYCLES[lifecycle].about == "member" else None
        unit, acting = member.unit if member else _cell(made, who), made.units[turn % len(made.units)]
        case = Case.objects.create(
            lifecycle=lifecycle, number=f"HS-{place}", state=state, version=1, member=member, unit=unit, unit_path=unit.path,
            acting_unit=acting, acting_path=acting.path, exclusive_key=f"{place}", opened_on=TODAY,
            closed_on=TODAY if closed else None,
        )  # fmt: skip
        made.cases.append(case)
        made.deadlines.append(_deadline("case", case.pk, unit, acting))
        made.events.append(_event(made, lifecycle, "case", case.pk, unit, member, case.pk))
        if turn % 2:  # a step that the other unit took
            made.events.append(_event(made, lifecycle, "case", case.pk, acting, member, case.pk))
    for member in made.members:
        made.deadlines.append(_deadline("member", member.pk, member.unit, member.unit))
        made.events.append(_event(made, "membership", "member", member.pk, member.unit, member, None))
        made.flags.append(Flag.objects.create(
            member_id=member.pk, unit_id=member.unit_id, unit_path=member.unit_path, number=f"CB-{member.pk}", cause="dues",
            since=MONTH, months=[MONTH], raised_on=TODAY, cleared_on=None if member.pk % 2 else TODAY,
        ))  # fmt: skip


def _deadline(kind: str, subject: int, unit: Unit, acting: Unit) -> Deadline:
    return Deadline.objects.create(
        subject_kind=kind, subject_id=subject, unit=unit, unit_path=unit.path, acting_unit=acting, acting_path=acting.path,
        acting_level=acting.level, rule_id="PRO.DECIDE", rule_version="1", firmness="firm", start_label="", started_on=TODAY,
        due_on=TODAY, occurrence=uuid4(), opened_at=timezone.now(), opened_on=TODAY, ladder="thirty_working_days",
    )  # fmt: skip


def _event(
    made: Made, lifecycle: str, kind: str, subject: int, unit: Unit, member: Member | None, case: int | None
) -> Event:
    step = next(iter(LIFECYCLES[lifecycle].steps().values()))
    return Event.objects.create(
        uid=uuid4(), code=step.code, subject_kind=kind, subject_id=subject, version=len(made.events) + 1, lifecycle=lifecycle,
        step=step.name, member_id=member.pk if member else None, case_id=case, unit_id=unit.pk, unit_path=unit.path,
        office="operator", on_date=TODAY, recorded_at=timezone.now(), line=b"",
    )  # fmt: skip


def _at(made: Made, unit: Unit) -> None:
    """At every unit a program that is told, and notices to its offices about each deadline above or below."""
    made.endpoints.append(
        Endpoint.objects.create(unit=unit, unit_path=unit.path, url="https://a", secret=b"", made_at=timezone.now())
    )
    ensure_month("alerts_notice", MONTH)
    told = ("cell_secretary",) if unit.level == Level.CELL else ("committee_secretary", "organisation_officer")
    for office in told:
        for deadline in made.deadlines[:3]:
            number = len(made.notices) + 1
            made.notices.append(Notice.objects.create(
                month=MONTH, id=number, deadline_id=deadline.pk, rung=0, rung_on=TODAY, kind="remind", levels_up=0,
                office=office, unit_id=unit.pk, unit_path=unit.path, about_path=deadline.unit_path, channel="email",
                created_at=timezone.now(),
            ))  # fmt: skip


def _seat(made: Made, name: str, office: int, at: int, days: list[int], *, handed: bool) -> None:
    """An office that fits the unit's level, from a day to a day (or without an end), some replaced meanwhile."""
    unit = made.units[at % len(made.units)]
    fit = [one for one in GIVEN_OFFICES if (one in CELL_OFFICES) == (unit.level == Level.CELL)]
    chosen = fit[office % len(fit)]
    there = [one for one in made.members if one.unit_id == unit.pk]
    if chosen == Office.HELPER and not there:
        chosen = Office.CELL_COMMITTEE
    first, last = (TODAY + timedelta(days=day) for day in days)
    user = User.objects.create(username=f"{name}-{uuid4().hex[:8]}", full_name=name)
    made.assignments.append(Assignment.objects.create(
        user=user, office=chosen, unit=unit, unit_path=unit.path, from_date=first, to_date=None if days[1] > 30 else last,
        member_id=there[office % len(there)].pk if chosen == Office.HELPER else None,
        handed_from=TODAY if handed and chosen in SUBSTITUTES else None,
        handed_until=TODAY if handed and chosen in SUBSTITUTES else None,
    ))  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What one office must be shown, by list; None where the list is shut to it. `beyond` is what the second wall alone
    would let through besides."""

    made: Made
    held: Assignment

    def has(self, right: Right) -> bool:
        return right in RIGHTS[Office(self.held.office)]

    def scope(self, path: str | None) -> bool:
        if path is None:
            return False
        subtree = self.held.office in SUBTREE_OFFICES
        return path.startswith(self.held.unit_path) if subtree else path == self.held.unit_path

    def of(self, name: str) -> set[Any] | None:
        right = {"events": Right.READ_EVENTS, "flags": Right.READ_RESTRICTED, "webhooks": Right.CONNECT}.get(
            name, Right.READ
        )
        if name not in {"units", "substitutions"} and not self.has(right):
            return None
        return set(getattr(self, name)())

    def units(self) -> Iterator[int]:
        yield from (one.pk for one in self.made.units if self.scope(one.path))

    def members(self) -> Iterator[int]:
        for one in self.made.members:
            mine = self.scope(one.unit_path) or self.scope(one.guest_path)
            mine = one.pk == self.held.member_id if self.held.member_id else mine
            if mine and one.standing not in {"", "merged"}:
                yield one.pk

    def frozen(self, case: Case) -> bool:
        shut = not self.has(Right.READ_FROZEN)
        return shut and case.closed_on is not None and case.member is not None and case.member.standing in OUT

    def case_seen(self, case: Case) -> bool:
        mine = self.scope(case.unit_path) or self.scope(case.acting_path)
        mine = case.member_id == self.held.member_id if self.held.member_id else mine
        return mine and case.state != "" and self.readable(case.lifecycle) and not self.frozen(case)

    def readable(self, lifecycle: str) -> bool:
        return lifecycle == "" or self.has(LIFECYCLES[lifecycle].read)

    def cases(self) -> Iterator[int]:
        yield from (one.pk for one in self.made.cases if self.case_seen(one))

    def deadline_seen(self, one: Deadline) -> bool:
        case = next(
            (case for case in self.made.cases if one.subject_kind == "case" and case.pk == one.subject_id), None
        )
        if self.held.member_id:
            return self.case_seen(case) if case else one.subject_id == self.held.member_id
        if case is not None and (self.frozen(case) or (not self.reads_all and not self.case_seen(case))):
            return False
        return self.scope(one.unit_path) or self.scope(one.acting_path)

    @property
    def reads_all(self) -> bool:
        """Otherwise only what can be seen is known to be readable."""
        return all(map(self.readable, LIFECYCLES))

    def deadlines(self) -> Iterator[int]:
        yield from (one.pk for one in self.made.deadlines if self.deadline_seen(one))

    def event_readable(self, one: Event) -> bool:
        case = next((case for case in self.made.cases if case.pk == one.case_id), None)
        return self.readable(one.lifecycle) and not (case is not None and self.frozen(case))

    def events(self) -> Iterator[int]:
        yield from (one.pk for one in self.made.events if self.scope(one.unit_path) and self.event_readable(one))

    def flags(self) -> Iterator[int]:
        yield from (one.pk for one in self.made.flags if one.cleared_on is None and self.scope(one.unit_path))

    def webhooks(self) -> Iterator[int]:
        yield from (one.pk for one in self.made.endpoints if self.scope(one.unit_path))

    def substitutions(self) -> Iterator[int]:
        for one in self.made.assignments:
            lasts = one.handed_until is not None and (one.to_date is None or one.to_date >= TODAY)
            if lasts and self.scope(one.unit_path) and self.held.member_id is None:
                yield one.pk

    def ledger(self) -> Iterator[int]:
        # Of a case out of sight no row says anything but that an office here was told: a shut file is shut where it lies.
        shut = {one.pk for one in self.made.deadlines for case in self.made.cases
                if one.subject_kind == "case" and one.subject_id == case.pk and self.frozen(case)
                and (self.scope(case.unit_path) or self.scope(case.acting_path))}  # fmt: skip
        shown = {*self.deadlines()}
        for one in self.made.notices:
            mine = (self.scope(one.about_path) or self.scope(one.unit_path)) and self.held.member_id is None
            if mine and one.deadline_id not in shut and (self.reads_all or one.deadline_id in shown):
                yield one.id

    def badges(self) -> Iterator[int]:
        seen = set(self.members())
        for one in self.made.members:
            own = self.scope(one.unit_path) if self.held.member_id is None else one.pk in seen
            if own and one.standing == "official" and one.admission_decided_on == AGED:
                yield one.pk

    def notices(self) -> Iterator[int]:
        """To the office, to the empty seat beside it and the one whose reminders were handed over, and (in an office that is
        told) to units below where nobody sits."""
        seats = {(one.unit_id, one.office) for one in self.made.held(TODAY) if one.member_id is None}
        sits = {unit for unit, office in seats if office in {*TOLD_OFFICES, "cell_deputy"}}
        own = {self.held.office}
        if self.held.office == "cell_deputy" and (self.held.unit_id, "cell_secretary") not in seats:
            own.add("cell_secretary")
        if self.held.handed_until is None:
            here = [one for one in self.made.held(TODAY) if one.unit_id == self.held.unit_id and one.member_id is None]
            kept = {one.office for one in here if one.handed_until is None}
            own |= {one.office for one in here if one.office not in kept
                    and SUBSTITUTES[Office(one.office)] == self.held.office}  # fmt: skip
        below = self._empty_below(self.held.unit_id, sits) if self.held.office in TOLD_OFFICES[1:] else set()
        for one in self.made.notices:
            if (one.unit_id == self.held.unit_id and one.office in own) or one.unit_id in below:
                yield one.id

    def _empty_below(self, unit: int, sits: set[int]) -> set[int]:
        empty = {one.pk for one in self.made.units if one.parent_id == unit and one.pk not in sits}
        return empty | {key for one in empty for key in self._empty_below(one, sits)}


TOLD_OFFICES = ("cell_secretary", "committee_secretary", "organisation_officer")
