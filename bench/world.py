"""Cells with twenty official members each, a meeting that was held, and probationers whose twelve months are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, NewMember, OnCase, Order, perform, perform_many
from backend.cases.orders import Target
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.organizations.models import Unit
from workflows.offices import Level, Office
from workflows.workdays import add_months

OFFICIALS, YES = 20, 18
OPERATOR = Actor.operator("bench")


@dataclass(frozen=True)
class Cell:
    """A cell, who may act for it, its meeting of today, and the ids of its people and recognition cases."""

    unit: Unit
    secretary: Actor
    meeting: int
    officials: list[int]
    cases: list[int]

    @property
    def commune_officer(self) -> Actor:
        """An office of the commune, acting for its cells."""
        above = self.unit.parent
        assert above is not None
        return Actor(Office.ORGANISATION_OFFICER, above.path, Level(above.level), above.pk, self.secretary.user_id)


def paper(on: date) -> dict[str, str]:
    return {"number": "12-NQ/CB", "issuer": "Chi bộ ấp Một", "date": on.isoformat()}


def make_units(count: int) -> tuple[Unit, list[Unit]]:
    """A commune and `count` new cells under it."""
    with scoped(WHOLE):
        province = _unit("87", Level.PROVINCE)
        commune = _unit("87.107", Level.BASE, province)
        return commune, [_unit(f"87.107.000.000.{place:04d}", Level.CELL, commune) for place in range(count)]


def make_cells(units: Sequence[Unit], probationers: int) -> list[Cell]:
    """Everyone is entered by the engine, as an import does it."""
    today = clock.today()
    begun, ceremony = today - timedelta(days=300), add_months(today, -12) - timedelta(days=3)
    roster = {"roster": paper(begun), "participation": "attending"}
    official = {**roster, "joined_on": "2015-01-05", "official_on": "2016-01-05"}
    new = {**roster, "joined_on": ceremony.isoformat()}
    people = [_profile(unit) for unit in units for _ in range(OFFICIALS)]
    officials = _enter([Order(one, "import_official", begun, official) for one in people])
    people = [_profile(unit) for unit in units for _ in range(probationers)]
    entered = _enter([Order(one, "import_probationary", begun, new) for one in people])
    opening = {"ceremony_on": ceremony.isoformat()}
    cases = _enter([Order(NewCase("recognition", member_id=one), "take_over", begun, opening) for one in entered])
    here = [officials[place * OFFICIALS : (place + 1) * OFFICIALS] for place in range(len(units))]
    open_cases = [cases[place * probationers : (place + 1) * probationers] for place in range(len(units))]
    return [_cell(unit, own, open_, today) for unit, own, open_ in zip(units, here, open_cases, strict=True)]


def proposal(cell: Cell, on: date) -> dict[str, Any]:
    """The facts of a recognition proposed by a ballot of the cell."""
    ballot = {
        "meeting": cell.meeting,
        "issued": OFFICIALS,
        "collected": OFFICIALS,
        "valid": OFFICIALS,
        "yes": YES,
        "no": OFFICIALS - YES,
    }
    return {"resolution": paper(on), "ballot": ballot}


def _profile(unit: Unit) -> Target:
    return NewMember(unit.pk, {"full_name": "Nguyễn Văn Ánh", "sex": "m", "born_on": date(1990, 5, 1)})


def _enter(orders: Sequence[Order]) -> list[int]:
    found = []
    for result in perform_many(OPERATOR, orders):
        if result.outcome is None:
            raise result.error or RuntimeError("an order without an answer")
        found.append(result.outcome.id)
    return found


def _cell(unit: Unit, officials: list[int], cases: list[int], today: date) -> Cell:
    secretary = _person(f"secretary{unit.pk}", Office.CELL_SECRETARY, unit)
    month = today.replace(day=1).isoformat()
    planned = perform(
        Actor.system(), NewCase("meeting", unit_id=unit.pk), "plan", {"kind": "regular", "month": month}, on=today
    )
    roll = dict.fromkeys(officials, "present")
    held = {"held_on": today.isoformat(), "roll_call": roll, "minutes_long": 95}
    perform(secretary, OnCase(planned["id"]), "hold", held, on=today)
    return Cell(unit, secretary, planned["id"], officials, cases)


def _person(username: str, office: Office, at: Unit) -> Actor:
    user = User.objects.create(username=username, full_name=f"Người {username}", email=f"{username}@example.org")
    with scoped(WHOLE):
        held = Assignment.objects.create(
            user=user, office=office, unit=at, unit_path=at.path, from_date=date(2020, 1, 1)
        )
    return Actor(office, at.path, Level(at.level), at.pk, user.pk, held.pk, None, user.full_name)


def _unit(code: str, level: Level, parent: Unit | None = None) -> Unit:
    made = Unit.objects.create(code=code, name=code, level=level, parent=parent, path=f"new-{code}")
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save(update_fields=["path"])
    return made
