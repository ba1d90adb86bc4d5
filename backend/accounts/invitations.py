"""Invitations: an office makes an account with its office and a code to be printed; the person makes the password with it.

Many have no mail, so the code goes by hand. It works once, and up to a moment; whoever loses it is invited again. Each step is
an entry of the log, without the code.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from backend.accounts.administration import NAME_TAKEN, check_fields, insert, made
from backend.accounts.assigning import lasts_to, seat
from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import Assignment, Invitation, User
from backend.accounts.passwords import one_time, weaknesses
from backend.accounts.policy import Actor
from backend.accounts.reaching import may_invite, require_reach
from backend.accounts.sessions import end_everything
from backend.audit.codes import EventCode
from backend.audit.record import record
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import NotFound, NotPermitted, Refused
from backend.core.nudge import nudge
from backend.organizations.models import Unit
from workflows.answers import Refusal
from workflows.offices import Office

NO_SUCH_CODE = Refusal(
    "invitation.no_such_code",
    gettext_noop("This code is not known, was used before, or has run out."),
    remedy=gettext_noop("Look at the slip once more, or ask the office that gave it to you for another one."),
    fact="code",
)
NO_NAME = Refusal("invitation.no_name", gettext_noop("Enter your full name."), fact="full_name")


@dataclass(frozen=True)
class Slip:
    """What is printed and handed over. The code is known to nobody after that."""

    user: User
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Seat:
    """The office to which somebody is invited."""

    office: Office
    unit_id: int
    since: date
    until: date | None = None


def invite(actor: Actor, who: User, to: Seat) -> Slip:
    """An account that is not saved yet (`username`, `full_name`, `email`, `language`), with its office and a code.

    Raises NotFound, NotPermitted, Refused: a name that is taken, fields that cannot be used, and all that stands against
    giving the office (`assigning`).
    """
    with transaction.atomic(durable=True):
        taken = User.objects.filter(username__iexact=who.username).exists()  # before a scope hides who serves elsewhere
        scope(actor.path)
        unit = _unit(actor, to)
        if taken:
            raise Refused([NAME_TAKEN])
        who.full_name, who.password = " ".join(who.full_name.split()), make_password(None)
        who.language = who.language or settings.LANGUAGE_CODE
        check_fields(who, "username", "full_name", "email", "language")
        insert(who)
        record([made(actor, who)])
        given = Assignment(
            user=who, office=to.office, unit=unit, unit_path=unit.path, from_date=to.since, to_date=to.until, version=1
        )
        seat(actor, given)
        slip = _slip(actor, locked(who.pk), unit.path)
    nudge("jobs.seal")
    return slip


def invite_again(actor: Actor, user_id: int) -> Slip:
    """Another code for a person who lost the slip or the password: what signed in before does so no more.

    By an office above all of the person's own. Raises NotPermitted.
    """
    with transaction.atomic(durable=True):
        user = locked(user_id)
        require_reach(actor, user_id)
        place = Assignment.objects.filter(lasts_to(clock.today()), user_id=user_id).order_by("from_date").first()
        slip = _slip(actor, user, place.unit_path if place else actor.path)
    nudge("jobs.seal")
    return slip


def join(code: str, full_name: str, password: str) -> User:
    """The person who holds the code makes the password, and says the own name as it is written. Raises Refused."""
    with transaction.atomic(durable=True):
        found = Invitation.objects.filter(digest=_digest(code), expires_at__gt=timezone.now()).first()
        if found is None:
            raise Refused([NO_SUCH_CODE])
        user = locked(found.user_id)
        found = Invitation.objects.select_for_update().filter(digest=found.digest).first()
        if found is None or not user.is_active:  # taken up by another a moment ago
            raise Refused([NO_SUCH_CODE])
        user.full_name = " ".join(full_name.split())
        wrong = weaknesses(password, user) + ([] if user.full_name else [NO_NAME])
        if wrong:
            raise Refused([*wrong])
        check_fields(user, "full_name")
        user.password, user.password_must_change = make_password(password), False
        found.delete()
        columns = ("full_name", "password", "password_must_change")
        keep(user, by_owner(user), EventCode.USER_JOINED, *columns, detail={"full_name": user.full_name})
    nudge("jobs.seal")
    return user


def _unit(actor: Actor, to: Seat) -> Unit:
    """Locked: offices of one unit are given one after the other. Raises NotFound, NotPermitted."""
    unit = Unit.objects.filter(pk=to.unit_id).first()
    if unit is None or not actor.sees(unit.path):
        raise NotFound(gettext_noop("There is no such unit here."))
    if not may_invite(actor, to.office, unit.path):
        raise NotPermitted
    return Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def _slip(actor: Actor, user: User, path: str) -> Slip:
    code, until = one_time(), timezone.now() + timedelta(days=settings.CHIBO_INVITATION_DAYS)
    Invitation.objects.update_or_create(
        user=user, defaults={"unit_path": path, "digest": _digest(code), "expires_at": until}
    )
    end_everything(user.pk)
    again = {"again": True} if user.has_usable_password() else {}
    user.password, user.password_must_change = make_password(None), False
    facts = {"until": until.date().isoformat(), **again}
    keep(user, actor.who(), EventCode.USER_INVITED, "password", "password_must_change", facts=facts)
    return Slip(user, code, until)


def _digest(code: str) -> str:
    """Of 80 random bits, which nobody finds by trying; without what people write between the letters."""
    return hashlib.sha256("".join(one for one in code.lower() if one.isalnum()).encode()).hexdigest()
