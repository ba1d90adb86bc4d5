"""Whose account an office may set anew: of people all of whose offices lie below it."""

from __future__ import annotations

from backend.accounts.assigning import lasts_to
from backend.accounts.models import Assignment
from backend.accounts.persons import is_one_of
from backend.accounts.policy import Actor, allowed
from backend.core import clock
from backend.core.db import WHOLE
from backend.core.errors import NotPermitted
from workflows.offices import INVITED_OFFICES, Right


def require_reach(actor: Actor, user_id: int) -> None:
    """In a transaction that has named the person, whose offices all lie in sight so. Raises NotPermitted.

    Below the actor's own unit: an administrator, too, would enter the accounts of those beside them with a new code.
    Who has no office today or later belongs to nobody: the account is then set anew by who has the whole in reach.
    """
    lasting = list(Assignment.objects.filter(lasts_to(clock.today()), user_id=user_id))
    below = all(one.unit_path != actor.path and may_invite(actor, one.office, one.unit_path) for one in lasting)
    if not below or is_one_of(actor, [user_id]):
        raise NotPermitted
    if not lasting and allowed(actor, Right.ADMINISTER, WHOLE) is None:
        raise NotPermitted


def may_invite(actor: Actor, office: str, path: str) -> bool:
    """Administrators and the operator give every office in their reach; committees those of units below their own, but for
    offices that see or give more than a committee's own (auditors, administrators).
    """
    if allowed(actor, Right.ADMINISTER, path) is not None:
        return True
    below = path != actor.path and allowed(actor, Right.INVITE, path) is not None
    return below and office in INVITED_OFFICES
