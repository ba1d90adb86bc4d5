"""Letters to people whose password or second factor somebody else took away: no reminders, so no ladder and no hour for them.

They follow the log under a cursor of their own, and each goes on by a commit after its letter was taken: one whose commit was
lost is written twice, none is lost. What the mail server cannot be told for longer than a day is left out; the next sign-in
says of a factor what the letter would have said.
"""

from __future__ import annotations

import smtplib
from datetime import date, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from backend.accounts.models import User
from backend.audit import followers
from backend.audit.codes import EventCode
from backend.core import clock
from backend.core.db import WHOLE, execute, scoped
from backend.organizations.models import Unit
from workflows.offices import Office

log = structlog.get_logger(__name__)
NAME = "account_letters"
KEPT_FOR = timedelta(days=1)
FOR_GOOD = 500
"""From this answer on the server does not want the letter at all (RFC 5321, 4.2.1); below, another try may help."""
SENTENCES = {
    EventCode.FACTORS_RESET: gettext_noop(
        "On %(day)s the second factor of your account was taken away by: %(who)s. Whatever was signed in has ended; the next"
        " sign-in leads to setting up another one."
    ),
    EventCode.USER_INVITED: gettext_noop(
        "On %(day)s you were invited anew by: %(who)s. Your password serves no more, and whatever was signed in has ended;"
        " the slip with the code for another one is given to you by hand."
    ),
    EventCode.PASSWORD_RESET: gettext_noop(
        "On %(day)s your account was given a one-time password by: %(who)s. The password before serves no more, and"
        " whatever was signed in has ended."
    ),
}
_END = "SELECT coalesce(max(position), 0) FROM audit_leaf"
_NEXT = """
SELECT l.position, e.code, e.subject_id, e.on_date, e.office, e.office_unit_id
FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.position > %s AND l.position <= %s AND e.recorded_at > %s AND e.code = ANY (%s)
  AND (e.code <> 'user.invited' OR e.facts ? 'again')
ORDER BY l.position LIMIT 1
"""


def tell() -> int:
    """Write to everybody who is to be told; how many letters the mail server took."""
    told = 0
    try:
        while (taken := _tell_next()) is not None:
            told += taken
    except OSError as error:  # the server is away, or asks for another try: the next run begins where this one stopped
        log.warning("owners_not_told", error=type(error).__name__)
    return told


def _tell_next() -> int | None:
    """One letter, in one transaction with the cursor; None where nobody is left. Raises OSError."""
    with scoped(WHOLE):
        passed, ((end,),) = followers.hold(NAME), execute(_END)
        rows = execute(_NEXT, [passed, end, clock.now() - KEPT_FOR, [*SENTENCES]])
        if not rows:
            if end > passed:
                followers.go_on(NAME, end)
            return None
        ((position, code, user_id, day, office, unit_id),) = rows
        taken = _written(User.objects.get(pk=user_id), EventCode(code), day, Office(office), unit_id)
        followers.go_on(NAME, position)
        return taken


def _written(user: User, code: EventCode, day: date, office: Office, unit_id: int | None) -> int:
    if not user.email or user.address_dead_since is not None or not user.is_active:
        return 0
    try:
        with translation.override(user.language):
            return int(_message(user, code, day, office, _unit(unit_id)).send())
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        answer = (
            error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else error.recipients[user.email][0]
        )
        if answer < FOR_GOOD:
            raise
        log.warning("owner_not_told", user_id=user.pk, answer=answer)
    return 0


def _unit(unit_id: int | None) -> Unit | None:
    return Unit.objects.filter(pk=unit_id).first() if unit_id else None


def _message(user: User, code: EventCode, day: date, office: Office, unit: Unit | None) -> EmailMessage:
    who = f"{office.label}, {unit.name}" if unit else str(office.label)
    words: dict[str, Any] = {"day": day.strftime("%d/%m/%Y"), "who": who, "url": settings.CHIBO_PUBLIC_URL}
    parts = [
        gettext(SENTENCES[code]) % words,
        gettext(
            "If you did not ask for this, tell the office above and the people who run Chibo at once: somebody may be"
            " trying to sign in as you."
        ),
        str(words["url"]),
    ]
    return EmailMessage(gettext("[Chibo] Your account was changed"), "\n\n".join(parts), to=[user.email])
