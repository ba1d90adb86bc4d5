"""Who may do what, and who sees what: the one place that says so.

A person acts in one assignment at a time; an Actor is that assignment (or the operator at the server, or Chibo
itself) as the engine knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from backend.audit.record import Who
from backend.core.db import WHOLE
from backend.core.errors import NotPermitted
from workflows.guards.own import OWN_FILE
from workflows.offices import SUBTREE_OFFICES, Level, Office, Right, holds


@dataclass(frozen=True)
class Actor:
    """The office in which somebody acts in this request. `path` is its scope; `member_id` narrows a helper's.

    `own_id` is the record of the person as a member, where the account is tied to one.
    """

    office: Office
    path: str
    level: Level | None = None
    unit_id: int | None = None
    user_id: int | None = None
    assignment_id: int | None = None
    member_id: int | None = None
    name: str = ""
    language: str = "vi"
    own_id: int | None = None

    @staticmethod
    def system() -> Actor:
        """Chibo itself: it may open things, nothing else."""
        return Actor(Office.SYSTEM, WHOLE, name="Chibo")

    @staticmethod
    def operator(name: str) -> Actor:
        """The person at the server's command line, under the name the operating system gives."""
        return Actor(Office.OPERATOR, WHOLE, name=name)

    @property
    def is_person(self) -> bool:
        return self.user_id is not None

    def sees(self, path: str) -> bool:
        """Whether a unit lies in this office's scope: its own unit, or (offices of committees) what is below it too."""
        if self.office in SUBTREE_OFFICES or not self.is_person:
            return path.startswith(self.path)
        return path == self.path

    def who(self, behalf_unit_id: int | None = None) -> Who:
        return Who(self.office, self.unit_id, self.user_id, self.assignment_id, behalf_unit_id, self.name)


@dataclass(frozen=True)
class Grant:
    """A right that holds here. `on_behalf` is set when the office above records for the cell."""

    on_behalf: bool = False


def allowed(actor: Actor, right: Right, path: str, levels: Sequence[Level] = ()) -> Grant | None:
    """Whether the office may use the right on something of the unit at `path`; None if not.

    `levels` are the levels whose offices may (empty: any). Staff above may record for a cell (RECORD_ON_BEHALF):
    the event then names both.
    """
    if not holds(actor.office, right) or not actor.sees(path):
        return None
    if not levels or actor.level is None or actor.level in levels:
        return Grant()
    if Level.CELL in levels and holds(actor.office, Right.RECORD_ON_BEHALF):
        return Grant(on_behalf=True)
    return None


def require(actor: Actor, right: Right, path: str, levels: Sequence[Level] = ()) -> Grant:
    """As `allowed`, but raises NotPermitted."""
    grant = allowed(actor, right, path, levels)
    if grant is None:
        raise NotPermitted
    return grant


def apart(actor: Actor, *members: int | None) -> None:
    """Raise NotPermitted where one of the members is the actor: nobody acts on the own file."""
    if actor.own_id is not None and actor.own_id in members:
        raise NotPermitted(OWN_FILE)


def visible_to(actor: Actor, *columns: str, member: str = "") -> Q:
    """The filter that keeps rows of one of the path `columns` (nullable ones too) in the actor's scope.

    `member` names the column of the member's id, by which a helper sees the one assigned member only. Row-level
    security stands behind this filter as a second wall.
    """
    if actor.member_id is not None:
        if not member:
            return Q(pk__in=[])
        return Q(**{member: actor.member_id})
    return reduce(or_, (_inside(actor, column) for column in columns))


def _inside(actor: Actor, column: str) -> Q:
    if actor.office in SUBTREE_OFFICES or not actor.is_person:
        bounds: dict[str, Any] = {f"{column}__gte": actor.path, f"{column}__lt": f"{actor.path}~"}
        return Q(**bounds)
    return Q(**{column: actor.path})
