"""Reading who looked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.accesses.models import Access
from backend.accounts.models import User
from backend.accounts.policy import Actor, visible_to
from backend.cases.frozen import hidden
from backend.cases.selectors import need
from backend.core.db import WHOLE, reaching
from backend.organizations.models import Unit
from workflows.offices import Right


@dataclass(frozen=True)
class Lookers:
    """The names of those who looked, by account, and of the units of their offices."""

    users: dict[int, str]
    units: dict[int, str]

    def user(self, one: Access) -> str:
        """Empty where the account's name was erased."""
        return self.users.get(one.user_id, "")

    def unit(self, one: Access) -> str:
        """Empty where the office belongs to no unit."""
        return self.units.get(one.office_unit_id or 0, "")


def accesses(actor: Actor) -> QuerySet[Access]:
    """The looks at files of units in scope but for those that are shut to the office, for offices that may read the log."""
    need(actor, Right.READ_EVENTS)
    mine = Access.objects.filter(visible_to(actor, "unit_path", member="member_id"))
    return mine.exclude(case_id__in=hidden(actor).values("pk"))


def lookers(found: Iterable[Access]) -> Lookers:
    """Who looked, of looks that `accesses` let the actor see: whose file it is learns the name, also of an office above."""
    rows = list(found)
    with reaching([WHOLE]):
        users = User.objects.filter(pk__in={0, *(one.user_id for one in rows)}).values_list("pk", "full_name")
        units = Unit.objects.filter(pk__in={0, *(one.office_unit_id or 0 for one in rows)}).values_list("pk", "name")
        return Lookers(dict(users), dict(units))
