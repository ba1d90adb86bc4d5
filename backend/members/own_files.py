"""Whose record an account's owner has on the lists: kept so that nobody acts on the own file, and for nothing else.

Accounts belong to no unit, so only who has the whole in reach ties one, by the record's number or the card's. When records of
one person are merged, the tie goes along, and comes back with a void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.keeping import keep, locked
from backend.accounts.models import User
from backend.accounts.policy import Actor, require
from backend.audit.codes import EventCode
from backend.core.db import WHOLE, reaching
from backend.core.errors import Refused, Unchanged
from backend.core.nudge import nudge
from backend.members.models import Member
from backend.members.protected import blind_index
from workflows.answers import Refusal
from workflows.offices import Right
from workflows.standings import Standing

NOBODY = Refusal(
    "user.no_such_record",
    gettext_noop("There is nobody with this number on the lists."),
    remedy=gettext_noop("Look the record up: the number in its address, or the number of the card."),
    fact="member",
)
SEVERAL = Refusal(
    "user.several_records",
    gettext_noop("Several records have this card number."),
    remedy=gettext_noop("Name the number of the record; two records of one person are merged first."),
    fact="card",
)

TIED_ALREADY = Refusal(
    "user.record_tied",
    gettext_noop("%(user)s is tied to this record already: one person acts through one account."),
    remedy=gettext_noop("Give the office to that account; or tie it to no record first, where it was a mistake."),
    fact="member",
)


def tie(actor: Actor, user_id: int, *, member: int | None = None, card: str = "") -> User:
    """Tie an account to its owner's record; with neither number it is tied to none.

    Raises NotPermitted, Unchanged where it is so already, Refused for a number that names nobody, or several, and for a
    record that another account is tied to which is still open.
    """
    require(actor, Right.ADMINISTER, WHOLE)
    with transaction.atomic(durable=True):
        user = locked(user_id)
        record = _record(member, card)
        if user.member_id == record:
            raise Unchanged
        _refuse_second(user, record)
        user.member_id = record
        keep(user, actor.who(), EventCode.USER_TIED, "member_id", facts={"member": record})
    nudge("jobs.seal")
    return user


def _refuse_second(user: User, record: int | None) -> None:
    """Under the record's lock accounts are tied to it one after the other."""
    if record is None:
        return
    Member.objects.select_for_update(no_key=True).get(pk=record)
    other = User.objects.filter(member_id=record, is_active=True).exclude(pk=user.pk).first()
    if other is not None:
        raise Refused([replace(TIED_ALREADY, params={"user": other.username})])


def follow_merge(gone: int, kept: int) -> list[int]:
    """The record of some accounts' owner is another one now, in the caller's transaction; whose."""
    with reaching([WHOLE]):
        tied = User.objects.filter(member_id=gone)
        users = sorted(tied.values_list("pk", flat=True))
        tied.update(member_id=kept)
    return users


def follow_back(users: Sequence[int], gone: int, kept: int) -> None:
    """The merge was voided: the accounts that went along are tied as before, but for those tied otherwise since."""
    with reaching([WHOLE]):
        User.objects.filter(pk__in=users, member_id=kept).update(member_id=gone)


def _record(member: int | None, card: str) -> int | None:
    if member is None and not card:
        return None
    named = (
        Member.objects.filter(pk=member)
        if member is not None
        else Member.objects.filter(card_number_index=blind_index("card_number", card) or b"")
    )
    found = list(named.exclude(standing__in=("", Standing.MERGED)).values_list("pk", flat=True)[:2])
    if len(found) != 1:
        raise Refused([SEVERAL if found else NOBODY])
    return found[0]
