"""Passwords: a person changes the own one; the operator gives one that serves once, to choose another one with.

Either way all else that was signed in with the old password ends: tokens are deleted, sessions carry a hash of the
password and are known no longer. Each change is an entry of the log, without a word of the password.
"""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import Token, User
from backend.accounts.policy import Actor, require
from backend.accounts.unlike import UNIFORM
from backend.audit.codes import EventCode
from backend.audit.record import Who
from backend.core.db import WHOLE
from backend.core.errors import Refused
from backend.core.nudge import nudge
from workflows.answers import Refusal
from workflows.offices import Right

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What cannot be taken for something else when it is read from paper."""
WRONG = Refusal("password.wrong", gettext_noop("The present password is another one."), fact="old_password")
SAME = Refusal(
    "password.same",
    gettext_noop("This is the present password."),
    remedy=gettext_noop("Think of a new one."),
    fact="new_password",
)
WEAK = {
    "password_too_short": gettext_noop("The password is too short: it needs %(min_length)s characters at least."),
    "password_too_common": gettext_noop("Many people use this password; it is among the first to be tried."),
    "password_entirely_numeric": gettext_noop("The password is made of digits alone."),
    "password_too_similar": gettext_noop("The password is much like the name or the address of the account."),
    "password_uniform": UNIFORM,
}
"""What Django's validators say, by their code, in sentences that can be said in both languages."""


def one_time(groups: int = 4) -> str:
    """A password to be read from paper once: groups of four letters and digits, nearly 20 bits each."""
    return "-".join("".join(secrets.choice(LETTERS) for _place in range(4)) for _group in range(groups))


def weaknesses(password: str, user: User | None = None) -> list[Refusal]:
    """Everything that Django's validators (AUTH_PASSWORD_VALIDATORS) say against a password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [_weak(one) for one in error.error_list]
    return []


def change_password(user_id: int, *, old: str, new: str, kept: Token | None = None) -> User:
    """The person chooses a password and shows the present one; every token ends but the one `kept`.

    Raises Refused: another present password, the same again, all that is weak about the new one.
    """
    with transaction.atomic(durable=True):
        user = locked(user_id)
        wrong = [] if user.check_password(old) else [WRONG]
        wrong += [SAME] if new == old else []
        wrong += weaknesses(new, user)
        if wrong:
            raise Refused(wrong)
        _set(user, by_owner(user), make_password(new), EventCode.PASSWORD_CHANGED, kept)
    nudge("jobs.seal")
    return user


def reset_password(actor: Actor, user_id: int, hashed: str) -> User:
    """Give a one-time password (`hashed` from `make_password`); accounts belong to no unit, so only who has the whole in
    reach may. Raises NotPermitted.
    """
    require(actor, Right.ADMINISTER, WHOLE)
    with transaction.atomic(durable=True):
        user = locked(user_id)
        _set(user, actor.who(), hashed, EventCode.PASSWORD_RESET)
    nudge("jobs.seal")
    return user


def _set(user: User, who: Who, hashed: str, code: EventCode, kept: Token | None = None) -> None:
    user.password, user.password_must_change = hashed, code == EventCode.PASSWORD_RESET
    keep(user, who, code, "password", "password_must_change")
    own = Token.objects.filter(user=user)
    own.filter(pk=kept.pk if kept else None).update(made_by=None)  # else it would end with the one that made it
    own.exclude(pk=kept.pk if kept else None).delete()


def _weak(error: ValidationError) -> Refusal:
    code = error.code or ""
    if code not in WEAK:  # a validator of the installation's own, in the language of whoever asks
        return Refusal("password.weak", "%(said)s", {"said": " ".join(error.messages)}, fact="new_password")
    return Refusal(f"password.{code.removeprefix('password_')}", WEAK[code], error.params or {}, fact="new_password")
