"""Where a person's letters go: set or confirmed by the person or the operator, set aside where it refuses letters.

An address that was set aside gets no letters (the notices say so) until another one is set, or the same one confirmed: then
refusals are counted anew. The address itself stands behind the event's commitment, never in its line.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.administration import check_fields
from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import User
from backend.accounts.policy import Actor, require
from backend.audit.codes import EventCode
from backend.audit.record import Who
from backend.core import clock
from backend.core.db import WHOLE
from backend.core.errors import Refused
from backend.core.nudge import nudge
from workflows.answers import Refusal
from workflows.offices import Right

NO_ADDRESS = Refusal(
    "user.no_address",
    gettext_noop("Letters need an address."),
    remedy=gettext_noop("Reminders before the day can be switched off among the preferences."),
    fact="email",
)
COLUMNS = ("email", "address_dead_since", "address_confirmed_at")


def set_own_address(user_id: int, email: str) -> User:
    """The person sets another address, or confirms the present one. Raises Refused."""
    return _set(user_id, None, email)


def set_address(actor: Actor, user_id: int, email: str) -> User:
    """The same by who has the whole in reach, since accounts belong to no unit. Raises NotPermitted, Refused."""
    require(actor, Right.ADMINISTER, WHOLE)
    return _set(user_id, actor.who(), email)


def set_aside(user_id: int, today: date, refusals: int) -> bool:
    """No letters to the present address any more, in the caller's transaction; False where it was so already."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.address_dead_since is not None:
        return False
    user.address_dead_since = today
    keep(user, Actor.system().who(), EventCode.ADDRESS_SET_ASIDE, *COLUMNS, facts={"refusals": refusals})
    return True


def _set(user_id: int, who: Who | None, email: str) -> User:
    email = email.strip()
    if not email:
        raise Refused([NO_ADDRESS])
    with transaction.atomic(durable=True):
        user = locked(user_id)
        facts = {"confirmed": user.email == email}
        user.email, user.address_dead_since, user.address_confirmed_at = email, None, clock.now()
        check_fields(user, "email")
        keep(user, who or by_owner(user), EventCode.ADDRESS_SET, *COLUMNS, facts=facts, detail={"email": email})
    nudge("jobs.seal")
    return user
