"""Pages without a database: plain unmanaged models with the two state fields, and situations built by hand."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import holidays
from django.apps.registry import Apps
from django.db import models
from django_fsm import FSMField

from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.facts import PaperValue
from workflows.offices import Level
from workflows.situation import MeetingView, MemberView, Situation
from workflows.units import UnitView
from workflows.voting import BallotValue, Roll
from workflows.workdays import Calendar

TODAY = date(2028, 6, 30)
PRIVATE = Apps()


def _twin(page: type[Any], base: dict[str, Any]) -> type[Any]:
    meta = type("Meta", (), {"managed": False, "apps": PRIVATE, "app_label": "twins"})
    return type(f"{page.__name__}Twin", (page, models.Model), {"__module__": __name__, "Meta": meta, **base})


def _member_fields() -> dict[str, Any]:
    days = ("born_on", "admission_decided_on", "joined_on", "official_on", "left_on", "away_until", "party_age_from")
    return {
        "standing": FSMField(default=""), "participation": FSMField(default=""), "sex": models.CharField(default="m"),
        "born_year_only": models.BooleanField(default=False), "guest_unit_id": models.BigIntegerField(null=True),
        "unit_id": models.BigIntegerField(default=7),
        "badge_years": models.SmallIntegerField(null=True),
        **{name: models.DateField(null=True) for name in days},
    }  # fmt: skip


TWINS: dict[str, type[Any]] = {
    key: _twin(page, _member_fields() if page.subject == "member" else {"state": FSMField(default="")})
    for key, page in LIFECYCLES.items()
}


def member(**fields: Any) -> Any:
    """A member of cell 7 (id 1)."""
    return TWINS["membership"](**{"id": 1, "standing": "official", "participation": "attending", **fields})


def case(lifecycle: str, state: str = "") -> Any:
    return TWINS[lifecycle](id=1, state=state)


@cache
def vietnam() -> Calendar:
    """The calendar of Việt Nam from the `holidays` package, make-up Saturday of 22/08/2026 included."""
    table = holidays.country_holidays("VN", years=range(2016, 2032), language="vi")
    worked = frozenset(day for day in table.weekend_workdays)
    return Calendar(frozenset(table) - worked, worked, dict(table.items()))


def paper(day: date, kind: str = "paper") -> PaperValue:
    return PaperValue(kind, "01", "Chi bộ", day)


def ballot(yes: int, no: int = 0, total: int | None = None, meeting: int = 5) -> BallotValue:
    total = yes + no if total is None else total
    return BallotValue(meeting, total, total, total, yes, no)


def person(key: int, standing: str = "official", **fields: Any) -> MemberView:
    blank = {"participation": "attending", "born_on": None, "joined_on": None, "official_on": None}
    return MemberView(**{"id": key, "unit_id": 7, "standing": standing, **blank, **fields})


def unit(code: str) -> UnitView | None:
    """Cell 7 stands in base organisation 70 (87.107), cell 8 in 80 (87.108); no other codes are known."""
    base = {"87.107": 70, "87.108": 80}.get(code[:6])
    if base is None:
        return None
    key = base if len(code) == len("87.107") else base // 10 + int(code[-3:]) - 1
    return UnitView(key, f"/1/{base}/{key}/", Level.BASE if key == base else Level.CELL, base)


def situation(on: date = date(2027, 2, 1), *, people: list[MemberView] | None = None, **given: Any) -> Situation:
    """A situation in cell 7: ten official members, all present at meeting 5, held on the day of the step.

    Asked about another meeting or another day it knows nothing: a guard that asks about the wrong one fails.
    """
    values: dict[str, Any] = {
        "facts": {}, "today": TODAY, "calendar": vietnam(), "unit_id": 7, "base_id": 70, "unit": unit, "look_up": law.rule,
        "roll_at": {5: Roll(10, present=10)}.get, "roll_on": {on: Roll(10)}.__getitem__,
        "meeting": {5: MeetingView(5, 7, on, "held")}.get,
        "members": lambda ids: [one for one in people or [] if one.id in set(ids)],
    }  # fmt: skip
    return Situation(on=on, **{**values, **given})


def answers(guard: Any, seen: Situation) -> list[Any]:
    """What a guard says, as a list."""
    said = guard(seen)
    if said is None:
        return []
    return [one for one in said if one] if hasattr(said, "__iter__") else [said]


def codes(guard: Any, seen: Situation) -> list[str]:
    return [f"{type(one).__name__}:{one.code}" for one in answers(guard, seen)]


def helped(one: MemberView) -> Situation:
    """Somebody is named as the helper of another."""
    return situation(facts={"helper": (one.id,)}, people=[one], member=member())
