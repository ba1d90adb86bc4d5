"""What an office answers besides acknowledging: it puts its own reminders off to a day, or says something about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.cases.acknowledging import CLOSED, NO_REASON, Said, answer
from backend.cases.engine import RequestKey
from backend.core import clock
from backend.core.errors import NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.deadlines.planning import put_off
from workflows.answers import Refusal

BAD_DAY = Refusal(
    "snooze.bad_day",
    gettext_noop("Reminders can be put off to a day after today, and never past the legal day (%(due)s)."),
    fact="until",
)
NO_WORDS = Refusal("comment.no_words", gettext_noop("Write what is to be said."), fact="comment")


def snooze(
    actor: Actor, deadline_id: int, *, until: date, reason: str, expected_version: int | None = None,
    request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Put the reminders of the office that must act off to a day; those above are told on their days as ever.

    Raises as `answer`; NotPermitted also for an office above, whose rungs lie past the legal day.
    """

    def work(deadline: Deadline, level: int) -> Said:
        if level > 0:
            raise NotPermitted(gettext_noop("Only the office that must act can put its own reminders off."))
        wrong = [] if clock.today() < until <= deadline.due_on else [replace(BAD_DAY, params={"due": deadline.due_on})]
        wrong += [] if reason.strip() else [NO_REASON]
        wrong += [CLOSED] if deadline.status != Deadline.Status.OPEN else []
        if wrong:
            raise Refused(wrong)
        day = {"until": until.isoformat()}
        return Said(EventCode.DEADLINE_SNOOZED, put_off(deadline, until), day, {"reason": reason.strip()}, day)

    return answer(actor, deadline_id, work, expected_version, request_key)


def comment(
    actor: Actor, deadline_id: int, *, comment: str, expected_version: int | None = None,
    request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Say something about a deadline, for everybody who reads its story. Raises as `answer`."""

    def work(_deadline: Deadline, _level: int) -> Said:
        if not comment.strip():
            raise Refused([NO_WORDS])
        return Said(EventCode.DEADLINE_COMMENTED, (), {}, {"comment": comment.strip()}, {})

    return answer(actor, deadline_id, work, expected_version, request_key)
