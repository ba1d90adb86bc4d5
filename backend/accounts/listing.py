"""What there is for the operator to administer: units on a day, offices held on a day, accounts. Scoped to the whole."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop

from backend.accounts.acting import held
from backend.accounts.models import Assignment, User
from backend.core.db import WHOLE, scoped
from backend.core.errors import Refused
from backend.organizations.models import Unit, UnitSpell
from backend.organizations.tree import as_of
from workflows.answers import Refusal
from workflows.offices import Level, Office

Rows = list[dict[str, Any]]


def units_on(day: date, under: str = "") -> Rows:
    """The tree as it stood on the day (`depth` 0: its top, or the unit `under`), siblings in order of their codes.

    Raises Refused for a code that no unit had then.
    """
    with scoped(WHOLE):
        stood = list(as_of(day))
    top = next((one for one in stood if one.code == under), None)
    if under and top is None:
        raise Refused([_no_unit_then(under, day)])
    codes = {one.unit_id: one.code for one in stood}
    inside = [one for one in stood if top is None or one.path_then.startswith(top.path_then)]
    roads = {one.unit_id: [int(key) for key in one.path_then.strip("/").split("/")] for one in inside}
    inside.sort(key=lambda one: [codes.get(key, "") for key in roads[one.unit_id]])
    least = min((len(road) for road in roads.values()), default=0)
    return [_unit(one, len(roads[one.unit_id]) - least) for one in inside]


def offices_on(day: date, unit: Unit | None = None, user: User | None = None) -> Rows:
    """Offices held on the day, of the unit with all below it, of the person; in order of the units' codes."""
    found = holdings(unit, day)
    if user is not None:
        found = found.filter(user=user)
    with scoped(WHOLE):
        rows = [_office(one) for one in found]
    places = list(Office)
    return sorted(rows, key=lambda row: (row["unit"], places.index(row["office"]), row["from"], row["user"]))


def holdings(unit: Unit | None, day: date | None) -> QuerySet[Assignment]:
    """Offices of the unit with all below it (of all), held on the day (ever), as far as the transaction's scope reaches."""
    found = Assignment.objects.filter(held(day)) if day is not None else Assignment.objects.all()
    if unit is not None:
        found = found.filter(unit_path__gte=unit.path, unit_path__lt=f"{unit.path}~")
    return found.select_related("unit", "user")


def accounts_on(day: date) -> Rows:
    """Every account, with how many offices it holds on the day and whether its password is still a one-time one."""
    with scoped(WHOLE):
        offices = Counter(Assignment.objects.filter(held(day)).values_list("user_id", flat=True))
        return [_account(one, offices[one.pk]) for one in User.objects.order_by("username")]


def _unit(one: UnitSpell, depth: int) -> dict[str, Any]:
    return {"code": one.code, "name": one.name, "level": Level(one.level), "depth": depth}


def _office(one: Assignment) -> dict[str, Any]:
    return {
        "unit": one.unit.code, "unit_name": one.unit.name, "office": Office(one.office), "user": one.user.username,
        "name": one.user.full_name, "member": one.member_id, "from": one.from_date, "to": one.to_date,
    }  # fmt: skip


def _account(one: User, offices: int) -> dict[str, Any]:
    return {
        "user": one.username, "name": one.full_name, "email": one.email, "address_dead_since": one.address_dead_since,
        "offices": offices,
        "one_time_password": one.password_must_change, "last_sign_in": one.last_login and localtime(one.last_login),
    }  # fmt: skip


def _no_unit_then(code: str, day: date) -> Refusal:
    words = {"code": code, "day": day}
    return Refusal("unit.unknown", gettext_noop("On %(day)s no unit had the code %(code)s."), words, fact="under")
