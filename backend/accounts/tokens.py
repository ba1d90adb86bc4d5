"""Tokens for programs: made by their owner, shown once, kept as a hash; with an end, and as narrow as the program needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from backend.accounts.acting import held_by
from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import Token, TokenScope, User
from backend.audit.codes import EventCode
from backend.core import clock
from backend.core.db import naming
from backend.core.errors import NotFound, NotPermitted, Refused
from backend.core.nudge import nudge
from workflows.answers import Refusal

USUALLY, MOST_DAYS = timedelta(days=30), 365
NOT_THEN = Refusal(
    "token.not_then",
    gettext_noop("A token ends between today and %(days)s days from now."),
    {"days": MOST_DAYS},
    fact="until",
)
OUTLIVES = Refusal(
    "token.outlives", gettext_noop("A token makes none that ends after itself, on %(day)s."), fact="until",
    remedy=gettext_noop("Choose that day or an earlier one, or make the token on the page or with the password."),
)  # fmt: skip
NOT_HELD = Refusal(
    "token.not_held", gettext_noop("You do not hold this office today."), fact="assignment",
    remedy=gettext_noop("GET /api/v1/me/ lists those that you hold."),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a token is for: reading or all, in one assignment or in whichever is chosen, up to and with a last day."""

    label: str = ""
    scope: TokenScope = TokenScope.FULL
    assignment_id: int | None = None
    until: date | None = None


def make_token(
    user_id: int, wanted: Wanted, *, shown: str | None = None, by: Token | None = None
) -> tuple[Token, str]:  # fmt: skip
    """The row, and the token itself, which is kept nowhere. `shown` is the hash of the password that was shown for it:
    whoever changed it meanwhile waits until the token is there to be deleted. Made `by` another token it does not outlive it,
    and ends when that one is revoked: the end of a token that was found would be none.

    Raises Refused, NotPermitted where the password is another one by now.
    """
    with transaction.atomic(durable=True):
        user = locked(user_id)
        if shown is not None and user.password != shown:
            raise NotPermitted
        lasting, most = _lasting(wanted.until), by.expiry - timezone.now() if by is not None else None
        if wrong := _wrong(user, wanted) or _outlives(wanted, by):
            raise Refused(wrong)
        row, token = Token.objects.create(
            user=user, expiry=lasting if most is None else min(lasting, most), label=wanted.label, scope=wanted.scope,
            assignment_id=wanted.assignment_id, made_by=by,
        )  # fmt: skip
        facts = {
            "token": str(row.uid), "scope": row.scope, "assignment": row.assignment_id,
            "until": timezone.localtime(row.expiry).date().isoformat(),
        }  # fmt: skip
        keep(user, by_owner(user), EventCode.TOKEN_MADE, facts=facts)
    nudge("jobs.seal")
    return row, str(token)


def tokens_of(user_id: int) -> list[Token]:
    """Those that have not ended, the newest first."""
    with transaction.atomic():
        naming(user_id)
        rows = Token.objects.filter(user_id=user_id, expiry__gt=timezone.now())
        return list(rows.select_related("assignment").order_by("-created"))


def revoke_token(user_id: int, uid: UUID) -> None:
    """End a token with all that were made by it. Raises NotFound for what is no token of this person."""
    with transaction.atomic(durable=True):
        user = locked(user_id)
        token = Token.objects.filter(user_id=user_id, uid=uid).first()
        if token is None:
            raise NotFound(gettext_noop("There is no such token."))
        ended = [token, *_made_by(token)]
        token.delete()
        for one in ended:
            keep(user, by_owner(user), EventCode.TOKEN_REVOKED, facts={"token": str(one.uid)})
    nudge("jobs.seal")


def _made_by(token: Token) -> Iterator[Token]:
    for one in token.made.order_by("created"):
        yield one
        yield from _made_by(one)


def _wrong(user: User, wanted: Wanted) -> list[Refusal]:
    held = {one.pk for one in held_by(user, clock.today())}
    not_then = wanted.until is not None and not 0 <= (wanted.until - timezone.localdate()).days <= MOST_DAYS
    wrong = [NOT_THEN] if not_then else []
    return wrong + ([NOT_HELD] if wanted.assignment_id is not None and wanted.assignment_id not in held else [])


def _outlives(wanted: Wanted, by: Token | None) -> list[Refusal]:
    """Whether a day was asked for beyond that of the token by which it is made; without one both end together."""
    last = timezone.localtime(by.expiry).date() if by is not None else None
    beyond = last is not None and wanted.until is not None and wanted.until > last
    return [replace(OUTLIVES, params={"day": last})] if beyond else []


def _lasting(until: date | None) -> timedelta:
    """From now to the end of the last day; without one thirty days."""
    if until is None:
        return USUALLY
    return timezone.make_aware(datetime.combine(until, time(23, 59, 59))) - timezone.now()
