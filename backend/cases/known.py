"""Somebody with the same personal id stands on a list already: what is said of it, the same at every door.

That the id stands somewhere is the database's word, which sees every unit. Where the actor sees the person too, the
answer names them; otherwise it names the committee to ask and no more: the nearest one above both places, which is the
lowest that sees both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext_noop

from backend.accounts.attempts import asked_too_often, count_asked
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.cases.durable import KNOWN_ELSEWHERE
from backend.cases.orders import NewMember, Order
from backend.core.db import execute, scoped
from backend.core.errors import Refused, TooOften
from backend.organizations.models import Unit
from workflows.answers import Refusal, standing_on

Whom = tuple[int, bytes | None]
"""Unit and blind index of the personal id of somebody who was to be entered there."""
_MET = "SELECT chibo_personal_id_met(%s, path) FROM organizations_unit WHERE id = %s"
_met: ContextVar[dict[bytes, Actor] | None] = ContextVar("met", default=None)


@contextmanager
def answering() -> Iterator[dict[bytes, Actor]]:
    """Inside, a person asks from outside: how often is counted, and who was told of somebody stands in what is given, by the
    blind index of the personal id."""
    met: dict[bytes, Actor] = {}
    token = _met.set(met)
    try:
        yield met
    finally:
        _met.reset(token)


def may_ask(actor: Actor) -> None:
    """Before anything is done by which somebody could be told of. Raises TooOften."""
    if _met.get() is not None and (seconds := asked_too_often(actor.user_id or 0)):
        raise TooOften(seconds)


def whom_to_ask(actor: Actor, refused: Refused, people: Iterable[Whom], basis: tuple[str, ...] = ()) -> Refused:
    """`refused` with who is known, or whom to ask, in the place of the database's general word. `basis`: what the step cites
    that was to enter them."""
    others = [one for one in refused.answers if one != KNOWN_ELSEWHERE]
    found = [answer for unit_id, index in people for answer in known(actor, unit_id, index)]
    general = [KNOWN_ELSEWHERE] if KNOWN_ELSEWHERE in refused.answers else []
    return Refused(standing_on([*others, *(found or general)], basis))


def entered_by(orders: Iterable[Order]) -> Iterator[Whom]:
    """The people whom orders put on lists."""
    for target in (order.target for order in orders):
        if isinstance(target, NewMember):
            yield target.unit_id, target.profile.get("personal_id_index")


def known(actor: Actor, unit_id: int, index: bytes | None) -> Iterator[Refusal]:
    """Who stands on a list with this personal id already, or whom to ask; nothing where nobody does. Raises TooOften."""
    if index is None:
        return
    met = _met.get()
    if met is not None and (seconds := count_asked(actor.user_id or 0)):
        raise TooOften(seconds)
    with scoped(actor.path):
        member = selectors.members(actor).filter(personal_id_index=index).first()
        asked = _asked(unit_id, index) if member is None else None
    if met is not None and (member or asked):
        met[index] = actor
    if member is not None:
        yield Refusal(
            "member.known_here", gettext_noop("This person is on your lists already, as number %(member)s."),
            {"member": member.pk}, remedy=gettext_noop("Take the steps from there."), fact="profile.personal_id",
        )  # fmt: skip
    elif asked is not None:
        yield Refusal(
            KNOWN_ELSEWHERE.code, gettext_noop("This person is on the lists of another unit; ask: %(unit)s."),
            {"unit": asked.name}, remedy=gettext_noop("It sees both units and can look the person up."),
            fact=KNOWN_ELSEWHERE.fact,
        )  # fmt: skip


def _asked(unit_id: int, index: bytes) -> Unit | None:
    """The nearest unit above the one with this id and the one on whose lists the person stands."""
    found = [key for (key,) in execute(_MET, [index, unit_id])]
    return Unit.objects.filter(pk__in=found).first()
