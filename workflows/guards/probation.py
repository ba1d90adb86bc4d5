"""Guards of probation and recognition."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Refusal
from workflows.guards.people import of_another_paper
from workflows.situation import Guard, Situation
from workflows.standings import ENDED, Participation
from workflows.timed import Days, day_after, months_on
from workflows.workdays import add_months


def ceremony_known(situation: Situation) -> Refusal | None:
    """The case starts from the same ceremony as the member's own record."""
    held, joined = situation.facts.get("ceremony_on"), situation.member.joined_on
    if held is None or joined in (None, held):
        return None
    return Refusal(
        "probation.other_ceremony", gettext_noop("The member joined on %(joined)s, not on %(held)s."),
        {"joined": joined, "held": held}, "PRO.LENGTH",
        gettext_noop("Take the day from the minutes of the ceremony."), "ceremony_on",
    )  # fmt: skip


def after_the_twelve_months(situation: Situation) -> Refusal | None:
    """The cell's resolution is dated after the end of the twelve months; nothing shortens or extends them."""
    held = situation.past_day("ceremony_on")
    if held is None:
        return None
    ends = add_months(held, situation.rule("PRO.LENGTH", held).value)
    if situation.on > ends:
        return None
    return Refusal(
        "probation.not_over",
        gettext_noop("The twelve months end on %(ends)s; the resolution must be dated after that day."),
        {"ends": ends, "day": situation.on}, "PRO.LENGTH",
        gettext_noop("Put the recognition on the agenda of a meeting after that day."), "resolution",
    )  # fmt: skip


def probation_over(days: Days) -> date | None:
    """The first day that `after_the_twelve_months` takes."""
    return day_after(months_on("ceremony_on", "PRO.LENGTH")(days))


def class_finished(situation: Situation) -> Caution | None:
    """The certificate of the class is item 1 of the dossier; what follows where it is missing was not seen."""
    if situation.past.get("class_certificate"):
        return None
    return Caution(
        "probation.class_missing", gettext_noop("No certificate of the new members' class has been filed."),
        rule="PRO.CLASS", remedy=gettext_noop("File it first, where the member has it."),
    )  # fmt: skip


def leaves_for_another_cell(situation: Situation) -> Caution | None:
    """Between introduction and arrival the old cell still reviews, though it is the receiving one's (rules.md section 2)."""
    if situation.member.participation != Participation.IN_TRANSIT:
        return None
    return Caution(
        "probation.in_transit", gettext_noop("The member is on the way to another cell, which reviews the recognition."),
        rule="TRF.OFFICIAL", remedy=gettext_noop("Leave it to that cell, unless the twelve months ended before."),
    )  # fmt: skip


IN_ORDER = (class_finished, leaves_for_another_cell)
"""What a proposal to recognise only carries a caution about."""


def attempt_in_order(*, last: bool, rule: str = "PRO.MAX_FAILED_VOTES") -> Guard:
    """Failed ballots are counted one by one; the last one the law allows is reported upward, the others are not."""

    def guard(situation: Situation) -> Refusal | None:
        attempt, most = situation.facts.get("attempt"), situation.rule(rule).value
        expected = int(situation.past.get("attempt") or 0) + 1
        if attempt is None or (attempt == expected and (expected >= most) == last):
            return None
        remedy = (
            gettext_noop("Record it as a ballot that reached neither side.")
            if expected < most
            else gettext_noop("Record it as the last failed ballot and report upward.")
        )
        return Refusal(
            "probation.attempt", gettext_noop("This is failed ballot number %(expected)s of at most %(most)s."),
            {"expected": expected, "most": most}, rule, remedy, "attempt",
        )  # fmt: skip

    return guard


@of_another_paper
def member_has_left(situation: Situation) -> Refusal | None:
    """The case is ended only because the membership itself ended, by its own paper."""
    if situation.member.standing in ENDED:
        return None
    return Refusal(
        "case.person_still_here", gettext_noop("The person's standing has not ended."),
        remedy=gettext_noop("Record first how the person left (for example a death, with its certificate)."),
    )  # fmt: skip
