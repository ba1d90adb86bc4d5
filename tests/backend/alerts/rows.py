"""Rows that alert tests start from: a small tree, people in offices, deadlines with their ladder's plan."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from backend.accounts.models import Assignment, User
from backend.core import clock
from backend.deadlines.calendar import build
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from workflows.ladders import ladder_for
from workflows.law import rule
from workflows.offices import Level, Office

LONG_AGO = date(2020, 1, 1)
DUE = date(2027, 3, 10)  # a Wednesday
CALENDAR = build([])
_number = count(1)


def unit(level: Level, parent: Unit | None = None, **fields: Any) -> Unit:
    """A unit below its parent; the path is the chain of ids."""
    key = next(_number)
    made = Unit.objects.create(
        code=f"U{key}", name=f"Unit {key}", level=level, parent=parent, path=f"/new/{key}/", **fields
    )
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save()
    return made


def chain() -> tuple[Unit, Unit, Unit]:
    """A province, a commune's committee and a cell."""
    province = unit(Level.PROVINCE)
    commune = unit(Level.BASE, province)
    return province, commune, unit(Level.CELL, commune)


def person(office: Office, at: Unit, *, email: str | None = None, **fields: Any) -> User:
    """Someone who holds the office since long ago."""
    name = f"user{next(_number)}"
    user = User.objects.create(
        username=name, full_name=name, email=f"{name}@example.org" if email is None else email,
        **{key: fields.pop(key) for key in ("language", "is_active") if key in fields},
    )  # fmt: skip
    fields.setdefault("from_date", LONG_AGO)
    Assignment.objects.create(user=user, office=office, unit=at, unit_path=at.path, **fields)
    return user


def deadline(
    at: Unit, *, due: date = DUE, rule_id: str = "PRO.CELL_REVIEW", firmness: str = "firm", **fields: Any
) -> Deadline:
    """An open deadline of a cell, with the plan of its ladder."""
    acting = fields.pop("acting", at)
    ladder = ladder_for(rule_id)
    days: list[date | None] = [None] * len(ladder.rungs)
    opened_on = fields.setdefault("opened_on", CALENDAR.add_working_days(due, -30))
    plan = ladder.schedule(due, fields.get("early_on"), CALENDAR, firmness, opened_on)
    for one in plan:
        days[one.rung] = one.day
    place = {"unit": at, "unit_path": at.path, "acting_unit": acting, "acting_path": acting.path}
    law = {"rule_id": rule_id, "rule_version": rule(rule_id, due).version, "firmness": firmness}
    days_of = {"started_on": CALENDAR.add_working_days(due, -30), "due_on": due, "opened_at": clock.now()}
    planned = {"ladder": ladder.name, "rung_days": days, "next_rung": plan[0].rung, "next_rung_on": plan[0].day}
    subject = {"subject_kind": "case", "subject_id": next(_number), "reference": f"CN-{next(_number)}"}
    rest = {"acting_level": acting.level, "start_label": "Start", "occurrence": uuid4()}
    return Deadline.objects.create(**{**place, **law, **days_of, **planned, **subject, **rest, **fields})
