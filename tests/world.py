"""A small world for tests: a province, a commune, two cells, people in offices, members entered through the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from backend.accounts.administration import open_unit
from backend.accounts.assigning import give_office
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.cases.changes import Changes
from backend.cases.engine import NewCase, NewMember, OnCase, Order, carry_out, perform
from backend.cases.models import Case
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.core.models import WorkflowEdge, WorkflowState
from backend.deadlines.models import Deadline
from backend.deadlines.planning import rung_at
from backend.members.models import Member, NameWord
from backend.organizations.models import Unit
from workflows.offices import Level, Office

TODAY = date(2026, 11, 2)
BEGUN = date(2026, 1, 1)
"""The day from which the members' history is recorded."""


def paper(on: date, number: str = "12-NQ/CB") -> dict[str, str]:
    return {"number": number, "issuer": "Chi bộ ấp Một", "date": on.isoformat()}


@dataclass
class World:
    province: Unit
    commune: Unit
    cell: Unit
    other: Unit
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return self.actors[name]

    def member(
        self, name: str, step: str = "import_official", unit: Unit | None = None, on: date = BEGUN,
        born_on: date = date(1980, 5, 1), **facts: Any,
    ) -> Member:  # fmt: skip
        """A member entered through the engine, as an import does it."""
        unit = unit or self.cell
        raw = {"roster": paper(on, "Danh sách"), **facts}
        if step in ("import_official", "import_probationary"):
            raw = {"joined_on": "2015-01-05", "participation": "attending"} | raw
        if step == "import_official":
            raw = {"official_on": "2016-01-05"} | raw
        profile = {"full_name": name, "sex": "m", "born_on": born_on}
        return enter(NewMember(unit.pk, profile), step, raw, on)

    def members(self, count: int, **options: Any) -> list[Member]:
        return [self.member(f"Nguyễn Văn {chr(65 + place)}", **options) for place in range(count)]

    def guest(self, name: str, home: Unit, place: Unit, **options: Any) -> Member:
        """A member of one cell who attends for a time at another (no page moves anybody there yet)."""
        member = self.member(name, unit=home, **options)
        Member.objects.filter(pk=member.pk).update(guest_unit=place, guest_path=place.path)
        NameWord.objects.filter(member=member).update(guest_path=place.path)
        return Member.objects.get(pk=member.pk)

    def probation(self, member: Member, ceremony: date) -> Case:
        """A recognition case taken over for a probationary member."""
        outcome = perform(
            Actor.operator("test"), NewCase("recognition", member_id=member.pk), "take_over",
            {"ceremony_on": ceremony.isoformat()}, on=BEGUN,
        )  # fmt: skip
        return Case.objects.get(pk=outcome["id"])

    def meeting(self, present: list[Member], on: date, absent: list[Member] = [], unit: Unit | None = None) -> Case:  # noqa: B006
        """A regular meeting that was held, with its roll call."""
        unit = unit or self.cell
        facts = {"kind": "regular", "month": on.replace(day=1).isoformat()}
        with as_if_today(on):
            planned = perform(Actor.system(), NewCase("meeting", unit_id=unit.pk), "plan", facts, on=on)
        roll = {one.pk: "present" for one in present} | {one.pk: "unexcused" for one in absent}
        facts = {"held_on": on.isoformat(), "roll_call": roll, "minutes_long": 95}
        secretary = self.actor("secretary" if unit == self.cell else "other_secretary")
        perform(secretary, OnCase(planned["id"]), "hold", facts, on=on)
        return Case.objects.get(pk=planned["id"])


@contextmanager
def as_if_today(day: date) -> Iterator[None]:
    """The business date of another day, and then the one that was."""
    was = clock.today()
    clock.move_to(day)
    try:
        yield
    finally:
        clock.move_to(was)


def enter(target: NewMember, step: str, facts: dict[str, Any], on: date) -> Member:
    with transaction.atomic():
        scope(WHOLE)
        changes = Changes()
        (result,) = carry_out(Actor.operator("test"), [Order(target, step, on, facts)], changes=changes)
        if result.error is not None:
            raise result.error
        changes.write()
    assert result.outcome is not None
    return Member.objects.get(pk=result.outcome.id)


def unit(code: str, name: str, level: Level, parent: Unit | None = None, on: date = BEGUN) -> Unit:
    parent_id = parent.pk if parent else None
    return open_unit(Actor.operator("test"), code=code, name=name, level=level, parent_id=parent_id, on=on)


def person(username: str, office: Office, at: Unit, member_id: int | None = None, since: date = BEGUN) -> Actor:
    """Somebody in an office since the beginning; a helper, of one member, is seated by hand."""
    user = User.objects.create(username=username, full_name=f"Người {username}", email=f"{username}@example.org")
    if member_id is None:
        held = give_office(Actor.operator("test"), user, office, at.pk, since=since)
    else:
        held = Assignment.objects.create(
            user=user, office=office, unit=at, unit_path=at.path, from_date=BEGUN, member_id=member_id
        )
    return Actor(office, at.path, Level(at.level), at.pk, user.pk, held.pk, member_id, user.full_name)


def about_to_climb(deadline: Deadline) -> None:
    """What is to be said to the levels above is to be said today."""
    days = [
        clock.today() if (rung := rung_at(deadline, place)) and rung.up else day
        for place, day in enumerate(deadline.rung_days)
    ]
    Deadline.objects.filter(pk=deadline.pk).update(rung_days=days)


def make_world() -> World:
    assert WorkflowEdge.objects.exists()
    assert WorkflowState.objects.exists()
    clock.move_to(TODAY)
    province = unit("87", "Đảng bộ tỉnh", Level.PROVINCE)
    commune = unit("87.107", "Đảng bộ xã", Level.BASE, province)
    cell = unit("87.107.000.000.001", "Chi bộ ấp Một", Level.CELL, commune)
    other = unit("87.107.000.000.002", "Chi bộ ấp Hai", Level.CELL, commune)
    world = World(province, commune, cell, other)
    world.actors = {
        "secretary": person("secretary", Office.CELL_SECRETARY, cell),
        "deputy": person("deputy", Office.CELL_DEPUTY, cell),
        "other_secretary": person("other_secretary", Office.CELL_SECRETARY, other),
        "officer": person("officer", Office.ORGANISATION_OFFICER, commune),
        "committee": person("committee", Office.COMMITTEE_SECRETARY, commune),
        "province": person("province", Office.ORGANISATION_OFFICER, province),
        "auditor": person("auditor", Office.AUDITOR, commune),
    }
    return world
