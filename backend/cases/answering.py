"""What an office answers besides acknowledging: it puts its own reminders off to a day, or says something about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.record import record
from backend.cases.acknowledging import CLOSED, NO_REASON, entry, locked, permitted
from backend.cases.durable import durable
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import NotPermitted, Refused
from backend.core.nudge import nudge
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
    actor: Actor, deadline_id: int, *, until: date, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Put the reminders of the office that must act off to a day; those above are told on their days as ever.

    Raises NotFound, Stale, NotPermitted (also for an office above: its rungs lie past the legal day), Refused.
    """
    with durable():
        scope(actor.path)
        deadline = locked(actor, deadline_id, expected_version)
        if permitted(actor, deadline) > 0:
            raise NotPermitted(gettext_noop("Only the office that must act can put its own reminders off."))
        wrong = [] if clock.today() < until <= deadline.due_on else [replace(BAD_DAY, params={"due": deadline.due_on})]
        wrong += [] if reason.strip() else [NO_REASON]
        wrong += [CLOSED] if deadline.status != Deadline.Status.OPEN else []
        if wrong:
            raise Refused(wrong)
        moved = put_off(deadline, until)
        deadline.version += 1
        deadline.save(update_fields=[*moved, "version"])
        facts, words = {"until": until.isoformat()}, {"reason": reason.strip()}
        record([entry(EventCode.DEADLINE_SNOOZED, actor, deadline, facts, words)])
    nudge("jobs.seal")
    return {"id": deadline.pk, "version": deadline.version, "until": until.isoformat()}


def comment(actor: Actor, deadline_id: int, *, comment: str, expected_version: int | None = None) -> dict[str, Any]:
    """Say something about a deadline, for everybody who reads its story. Raises as `snooze`, without its days."""
    with durable():
        scope(actor.path)
        deadline = locked(actor, deadline_id, expected_version)
        permitted(actor, deadline)
        if not comment.strip():
            raise Refused([NO_WORDS])
        deadline.version += 1
        deadline.save(update_fields=["version"])
        record([entry(EventCode.DEADLINE_COMMENTED, actor, deadline, {}, {"comment": comment.strip()})])
    nudge("jobs.seal")
    return {"id": deadline.pk, "version": deadline.version}
