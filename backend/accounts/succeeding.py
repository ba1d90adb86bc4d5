"""An office passes from its holder to a successor on a day, with all that it was told and has to do.

Deadlines and notices belong to the office and not to the person (docs/alerts.md): nothing of them is moved.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.assigning import end, locked_unit, seat
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.core.db import scope
from backend.core.errors import NotFound, Refused, Unchanged
from backend.core.nudge import nudge
from workflows.answers import Refusal

OF_ONE = Refusal(
    "office.of_one_member", gettext_noop("A helper's office ends with the help: give another one to the next helper."),
)  # fmt: skip
TO_THE_SAME = Refusal(
    "office.to_the_same", gettext_noop("This person holds the office already; name the successor."), fact="username"
)
NOT_THEN = Refusal(
    "office.not_then",
    gettext_noop("The holder does not hold the office on the day before; choose another day."),
    fact="on",
)


def succeed(actor: Actor, holding_id: int, by: User, *, on: date) -> Assignment:
    """An office passes from its holder to a successor on a day: one holds it up to the day before, the other from it on.

    Both or neither, in one transaction; the holding that ends. Raises NotFound, NotPermitted, Unchanged where it is so already,
    Refused: an office for one member, one that does not last to the day before, and all that speaks against giving it.
    """
    with transaction.atomic(durable=True):
        scope(actor.path)
        found = Assignment.objects.filter(pk=holding_id).first()
        if found is None:
            raise NotFound
        unit, eve = locked_unit(actor, found.unit_id), on - timedelta(days=1)
        held = Assignment.objects.select_for_update(no_key=True).get(pk=holding_id)
        if wrong := _unfit(held, by, eve):
            raise Refused(wrong)
        given = Assignment(
            user=by, office=held.office, unit=unit, unit_path=unit.path, from_date=on, to_date=None, version=1
        )
        ends = held.to_date != eve
        if ends:
            end(actor, [held], eve)
        try:
            seat(actor, given)
        except Unchanged:  # of several holders the successor is one already
            if not ends:
                raise
    nudge("jobs.seal")
    return held


def _unfit(held: Assignment, by: User, eve: date) -> list[Refusal]:
    """Why a holding does not pass on: what is judged of the successor's own comes after."""
    if held.member_id is not None:
        return [OF_ONE]
    wrong = [TO_THE_SAME] if by.pk == held.user_id else []
    return wrong if held.from_date <= eve and (held.to_date is None or held.to_date >= eve) else [*wrong, NOT_THEN]
