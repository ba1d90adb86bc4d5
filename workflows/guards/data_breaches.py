"""Guards of breaches of personal data: the hours that a deadline by days cannot hold, and what speaks for telling."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Refusal
from workflows.page_clocks.data_breach import moment, notice_due
from workflows.situation import Guard, Situation


def told_in_time(situation: Situation) -> Caution | None:
    """Told after the hours of the law: it was late, also where it was still the same day."""
    told, due = moment(situation, "told"), notice_due(situation)
    if told is None or due is None or told <= due:
        return None
    hours = -(-(told - due) // timedelta(hours=1))
    message = gettext_noop("Told %(hours)s hours too late (begun hours count): the time ended on %(day)s at %(time)s.")
    return Caution("data_breach.told_late", message, {"hours": hours, "day": due.date(), "time": f"{due:%H:%M}"}, "PDP.BREACH",
                   fact="told_on")  # fmt: skip


def not_ahead(what: str) -> Guard:
    """Nothing is detected, and nobody told, at a time of today that has not come: the hours would run from it."""

    def guard(situation: Situation) -> Refusal | None:
        said = moment(situation, what)
        if said is None or situation.now is None or said <= situation.now:
            return None
        return Refusal(
            "data_breach.ahead", gettext_noop("It is %(now)s now; %(said)s has not come yet."),
            {"now": f"{situation.now:%H:%M}", "said": f"{said:%H:%M}"}, fact=f"{what}_hour",
            remedy=gettext_noop("Write the time of day at which it happened."),
        )  # fmt: skip

    return guard


def told_after_detection(situation: Situation) -> Refusal | None:
    """Nobody tells of what was not detected yet."""
    told, detected = moment(situation, "told"), moment(situation, "detected")
    if told is None or detected is None or told >= detected:
        return None
    return Refusal(
        "data_breach.told_before", gettext_noop("The authority cannot have been told before the breach was detected."),
        fact="told_hour", remedy=gettext_noop("Write the day and the time of day of the notice."),
    )  # fmt: skip


def harm_was_named(situation: Situation) -> Caution | None:
    """What may harm security, life, health, honour or property is to be told to the authority."""
    if situation.past.get("may_harm") in (None, "nothing"):
        return None
    message = gettext_noop("The breach was recorded as one that may do harm: the law asks to tell the authority.")
    return Caution("data_breach.harm_named", message, {}, "PDP.BREACH")
