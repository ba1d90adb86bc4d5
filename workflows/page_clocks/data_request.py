"""The clocks of a request about personal data: two working days to acknowledge, then a term by what is asked for."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from workflows.clocks import day_of
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock

TERM_OF = {
    "view": "view_correct", "correct": "view_correct", "provide": "view_correct", "withdraw": "object_withdraw",
    "restrict": "object_withdraw", "object": "object_withdraw", "erase": "erase",
}  # fmt: skip
"""What is asked for -> its part of the rows PDP.DSR_DO, PDP.DSR_PROC and PDP.DSR_EXT."""


def days_of(situation: Situation, rule_id: str, start: date) -> timedelta:
    return timedelta(days=situation.rule(rule_id, start).value[TERM_OF[situation.told("asked_for")]])


def _term(situation: Situation) -> str:
    """A processor who has to act as well makes the term longer."""
    return "PDP.DSR_PROC" if situation.told("by_processor") else "PDP.DSR_DO"


def _received(rule_id: str) -> Clock:
    received = day_of("received_on")
    return Clock(
        rule_id, lambda s: received(s) if _term(s) == rule_id else None, Level.BASE, _("Receipt of the request"),
        due=lambda s, start: start + days_of(s, rule_id, start),
    )  # fmt: skip


def term_over(situation: Situation) -> date | None:
    """The last day of the term that began with the receipt."""
    start = situation.day("received_on")
    return start + days_of(situation, _term(situation), start) if start and situation.told("asked_for") else None


def extension_over(situation: Situation, ended: date) -> date:
    """The last day of the one extension."""
    return ended + days_of(situation, "PDP.DSR_EXT", ended)


ACKNOWLEDGE = Clock("PDP.DSR_ACK", day_of("received_on"), Level.BASE, _("Receipt of the request"))
ANSWER = (_received("PDP.DSR_DO"), _received("PDP.DSR_PROC"))
EXTENDED = Clock("PDP.DSR_EXT", term_over, Level.BASE, _("End of the term to answer"), due=extension_over)
ALL = ("PDP.DSR_ACK", "PDP.DSR_DO", "PDP.DSR_PROC", "PDP.DSR_EXT")
