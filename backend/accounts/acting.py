"""Who acts: a signed-in user in the one assignment of this request, or the operator at the server's command line."""

from __future__ import annotations

import getpass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_noop

from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.core.db import naming, scope
from backend.core.errors import NotPermitted
from backend.organizations.models import Unit
from workflows.offices import Level, Office


def held_by(user: User, on: date) -> list[Assignment]:
    """The assignments that the person holds on the day, oldest first. Must run inside a transaction."""
    naming(user.pk)
    return list(Assignment.objects.filter(held(on), user=user).order_by("from_date", "id"))


def held(on: date) -> Q:
    """The filter for assignments that are held on the day."""
    return Q(from_date__lte=on) & (Q(to_date__isnull=True) | Q(to_date__gte=on))


def actor_for(user: User, assignment_id: int | None, on: date) -> Actor:
    """The Actor of one of the user's current assignments, with the transaction's scope set to it.

    Without `assignment_id` the only assignment is taken. Raises NotPermitted when there is none, when there are
    several and none was chosen, or when the chosen one is not the user's today.
    """
    chosen = [one for one in held_by(user, on) if assignment_id is None or one.pk == assignment_id]
    if not chosen:
        raise NotPermitted(gettext_noop("You hold no such office today."))
    if len(chosen) > 1:
        message = gettext_noop("You hold several offices; choose the one in which you act (X-Chibo-Assignment).")
        raise NotPermitted(message)
    return _actor(user, chosen[0])


def operator() -> Actor:
    """Whoever runs a command, under the name the operating system gives."""
    try:
        return Actor.operator(getpass.getuser())
    except (KeyError, OSError, ImportError):
        return Actor.operator("operator")


def _actor(user: User, assignment: Assignment) -> Actor:
    scope(assignment.unit_path)
    level = Unit.objects.values_list("level", flat=True).get(pk=assignment.unit_id)
    return Actor(
        office=Office(assignment.office),
        path=assignment.unit_path,
        level=Level(level),
        unit_id=assignment.unit_id,
        user_id=user.pk,
        assignment_id=assignment.pk,
        member_id=assignment.member_id,
        own_id=user.member_id,
        name=user.full_name or user.username,
        language=user.language,
    )
