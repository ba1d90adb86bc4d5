"""Guards of discipline as far as standing needs it: suspension, and expulsion by vote or on a judgment."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.situation import Situation
from workflows.standings import Participation


def not_suspended(situation: Situation) -> Refusal | None:
    """A case that ends without expulsion leaves nobody suspended."""
    if situation.member.participation != Participation.SUSPENDED:
        return None
    return Refusal(
        "suspension.runs", gettext_noop("The member is suspended."),
        remedy=gettext_noop("Record the end of the suspension first, with its paper."),
    )  # fmt: skip


def judgment_in_force(situation: Situation) -> Refusal | None:
    """Expulsion without a vote stands on a judgment that is in force on the day of the decision."""
    force = situation.facts.get("in_force_on")
    if force is None or force <= situation.on:
        return None
    return Refusal(
        "judgment.not_in_force", gettext_noop("The judgment is in force from %(force)s, after the decision."),
        {"force": force}, "DIS.JUDGMENT", gettext_noop("Wait until the judgment is in force."), "in_force_on",
    )  # fmt: skip
