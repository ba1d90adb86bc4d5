"""Whether two accounts are one person's: where another person is asked for, a second account of the same one is none."""

from __future__ import annotations

from collections.abc import Iterable

from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.core.db import WHOLE, reaching


def is_one_of(actor: Actor, users: Iterable[int | None]) -> bool:
    """Whether the actor is one of these users, by the account or by the record to which both accounts are tied.

    The other account may serve out of sight. Must run inside a transaction.
    """
    others = {user for user in users if user is not None}
    if actor.user_id in others:
        return True
    if actor.own_id is None or not others:
        return False
    with reaching([WHOLE]):
        return User.objects.filter(pk__in=others, member_id=actor.own_id).exists()
