"""Who sits in which office during the demo: a secretary in every cell but one, officers at the commune and above."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password

from backend.accounts.acting import operator
from backend.accounts.administration import add_user
from backend.accounts.assigning import give_office
from backend.accounts.models import Assignment, User
from backend.core.db import WHOLE, scoped
from backend.organizations.models import Unit
from workflows.offices import Level, Office

COMMITTEE = {"secretary": Office.COMMITTEE_SECRETARY, "officer": Office.ORGANISATION_OFFICER}


@dataclass
class People:
    """Cells in order of their codes (id by place), the names people sign in with, and the one password of all."""

    password: str
    cells: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    officer_assignment: int = 0


def seat(from_date: date) -> People:
    """Create people and offices. The last cell's seat stays empty: its letters must be skipped with a reason.

    The commune's officer is an auditor as well, and must therefore choose an office in each request.
    """
    people = People(secrets.token_urlsafe(12))
    hashed = make_password(people.password)
    with scoped(WHOLE):
        cells = list(Unit.objects.filter(level=Level.CELL, closed_on=None).order_by("code"))
        committees = list(Unit.objects.filter(closed_on=None).exclude(level=Level.CELL).order_by("path"))
    people.cells = [cell.pk for cell in cells]
    for place, cell in enumerate(cells[:-1]):
        people.names[cell.pk] = f"cell{place}"
        _seat(f"cell{place}", hashed, Office.CELL_SECRETARY, cell, from_date)
    for unit in committees:
        prefix = "" if unit.level == Level.BASE else f"{unit.level}{unit.pk}-"
        for name, office in COMMITTEE.items():
            held = _seat(f"{prefix}{name}", hashed, office, unit, from_date)
            if not prefix and office == Office.ORGANISATION_OFFICER:
                people.officer_assignment = held.pk
                _hold(held.user, Office.AUDITOR, unit, from_date)
    return people


def _seat(username: str, hashed: str, office: Office, unit: Unit, from_date: date) -> Assignment:
    name, email = f"{office.label} {unit.code}", f"{username}@demo.invalid"
    user = add_user(operator(), username=username, full_name=name, email=email, hashed=hashed, must_change=False)
    return _hold(user, office, unit, from_date)


def _hold(user: User, office: Office, unit: Unit, from_date: date) -> Assignment:
    return give_office(operator(), user, office, unit.pk, since=from_date)
