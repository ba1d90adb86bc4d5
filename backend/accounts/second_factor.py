"""The second factor: who must have one, whether a code passes, and the entries of what happens to it.

Whoever holds an office above the cell must have an authenticator app (TOTP, RFC 6238) or a passkey (WebAuthn level 3)
before any other door opens, and so must whoever had one until it was reset. The factors themselves are kept by django-allauth
(`allauth.mfa`).
"""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction

from backend.accounts.acting import held
from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.accounts.reaching import require_reach
from backend.accounts.sessions import end_everything
from backend.audit.codes import EventCode
from backend.core import clock
from backend.core.db import naming
from backend.core.errors import Unchanged
from backend.core.nudge import nudge
from workflows.offices import CELL_OFFICES

TOTP, PASSKEY, RECOVERY_CODES = "totp", "webauthn", "recovery_codes"
"""Kinds of factors, as django-allauth calls them."""
FACTORS = (TOTP, PASSKEY)


def has_factor(user_id: int) -> bool:
    """Whether the person has an authenticator app or a passkey; recovery codes alone are none."""
    with transaction.atomic():
        naming(user_id)
        return _factors(user_id) > 0


def _factors(user_id: int) -> int:
    return int(Authenticator.objects.filter(user_id=user_id, type__in=FACTORS).count())


def is_missing(user: User) -> bool:
    """Whether a factor is not there that an office of today asks for, or that the person had until it was reset."""
    if not settings.CHIBO_REQUIRE_SECOND_FACTOR:
        return False
    with transaction.atomic():
        naming(user.pk)
        above = Assignment.objects.filter(held(clock.today()), user=user).exclude(office__in=CELL_OFFICES)
        return (user.factors_reset_on is not None or above.exists()) and not _factors(user.pk)


def passes(user_id: int, code: str) -> Authenticator | None:
    """What takes the code: the authenticator app, or the recovery codes, of which each is taken once.

    A code of the app is taken once too (RFC 6238, 5.2): what the row notes is the last step of time that was used.
    """
    with transaction.atomic():
        naming(user_id)
        own = Authenticator.objects.select_for_update().filter(user_id=user_id)
        app = own.filter(type=TOTP).first()
        if app is not None and _is_of_app(app, code):
            return app
        printed = own.filter(type=RECOVERY_CODES).first()
        if printed is None or not printed.wrap().validate_code(code):
            return None
        user = locked(user_id)
        keep(user, by_owner(user), EventCode.RECOVERY_CODE_USED)
    nudge("jobs.seal")
    return printed


def _is_of_app(app: Authenticator, code: str) -> bool:
    secret, last = decrypt(app.data["secret"]), app.data.get("step", -1)
    for step in yield_hotp_counters_from_time():
        if step > last and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            app.data["step"] = step
            app.save(update_fields=["data"])
            return True
    return False


def note_added(user_id: int, kind: str, session_key: str) -> None:
    """In the transaction that added a factor: its entry. With the first one ends whatever was signed in without any,
    but for the session that added it.
    """
    user = locked(user_id)
    user.factors_reset_on = None
    keep(user, by_owner(user), EventCode.FACTOR_ADDED, "factors_reset_on", facts={"kind": kind})
    if _factors(user_id) == 1:
        end_everything(user_id, kept_session=session_key)


def note(user_id: int, code: EventCode, kind: str) -> None:
    """In the transaction that changed a factor: its entry."""
    user = locked(user_id)
    keep(user, by_owner(user), code, facts={"kind": kind})


def reset_factors(actor: Actor, user_id: int) -> User:
    """Take every factor from a person who lost it; all that was signed in ends, and the next sign-in leads to a new one.

    By an office above all of the person's own. The person is told at the next sign-in (`factors_reset_on`). Raises
    NotPermitted, Unchanged where there is none.
    """
    with transaction.atomic(durable=True):
        user = locked(user_id)
        require_reach(actor, user_id)
        found = list(Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True))
        if not found:
            raise Unchanged
        Authenticator.objects.filter(user_id=user_id).delete()
        end_everything(user_id)
        user.factors_reset_on = clock.today()
        keep(user, actor.who(), EventCode.FACTORS_RESET, "factors_reset_on", facts={"kinds": sorted(found)})
    nudge("jobs.seal")
    return user
