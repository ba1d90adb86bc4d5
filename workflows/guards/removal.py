"""Guards of removal: the closed list of grounds, expulsion that may not be replaced, and the self-review."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.guards.counters import months_as_counted
from workflows.situation import Situation
from workflows.standings import Participation, Standing
from workflows.workdays import add_months

COUNTED = {
    "activity_dropped": ("months", "LAP.MONTHS"),
    "dues_unpaid": ("months", "LAP.MONTHS"),
    "standards_violated": ("years", "REM.STANDARD_YEARS"),
}
"""Grounds that stand on a number: its fact, and the row that says how many are needed."""


def ground_fits_the_person(situation: Situation) -> Refusal | None:
    """Only a probationer can fail to qualify, and while the recognition is open it is decided there (R-05)."""
    if situation.facts.get("ground") != "probationer_unfit":
        return None
    if situation.member.standing == Standing.OFFICIAL:
        message = gettext_noop("Only a probationary member can be removed on this ground.")
        remedy = gettext_noop("Choose the ground that the papers show.")
    elif situation.open_cases("recognition"):
        message = gettext_noop("This is decided in the recognition case, which is open.")
        remedy = gettext_noop("Take the step of the recognition: propose removal of the probationer.")
    else:
        return None
    return Refusal("ground.other_person", message, rule="PRO.REMOVAL_VOTE", remedy=remedy, fact="ground")


def ground_is_counted(situation: Situation) -> Refusal | None:
    """Months in a year, or years running, reach the number of the ground."""
    fact, rule_id = COUNTED.get(situation.facts.get("ground") or "", ("", ""))
    if not fact:
        return None
    least, found = situation.rule(rule_id).value, situation.facts.get(fact) or 0
    if found >= least:
        return None
    return Refusal(
        "ground.too_few", gettext_noop("The ground needs at least %(least)s; the papers show %(found)s."),
        {"least": least, "found": found}, rule_id,
        gettext_noop("Contact and remind the member, or choose the ground that the papers show."), fact,
    )  # fmt: skip


def educated_long_enough(situation: Situation) -> Refusal | None:
    """Declined will is a ground only after twelve months of education without progress."""
    if situation.facts.get("ground") != "will_declined":
        return None
    months, since = situation.rule("LAP.EDUCATION").value, situation.facts.get("educated_since")
    if since is not None and situation.on >= add_months(since, months):
        return None
    return Refusal(
        "ground.education_too_short",
        gettext_noop("The cell must have educated the member for %(months)s months without progress."),
        {"months": months}, "LAP.EDUCATION", gettext_noop("Give the day from which the cell did, or wait."),
        "educated_since",
    )  # fmt: skip


def dropped_without_leave(situation: Situation) -> Caution | None:
    """Months of an approved leave, and of an exemption, are no dropping out; one without papers is put in order first (B26)."""
    member = situation.member
    if situation.facts.get("ground") != "activity_dropped":
        return None
    if member.participation == Participation.EXEMPT:
        message = gettext_noop("The member is exempt from activity: months since then are no dropping out.")
        return Caution("ground.exempt", message, rule="EXM.AGE", fact="ground")
    if member.participation != Participation.AWAY:
        return None
    if member.away_until is None:
        message = gettext_noop("Away without a paper: put the exemption in order before treating it as dropping out.")
        return Caution("ground.away_without_paper", message, rule="AWY.EXEMPT_MAX", fact="ground")
    message = gettext_noop("The member was exempted until %(until)s: months of that time are no dropping out.")
    return Caution("ground.on_leave", message, {"until": member.away_until}, "AWY.EXEMPT_MAX", fact="ground")


GROUND_STANDS = (
    ground_fits_the_person, ground_is_counted, months_as_counted, dropped_without_leave, educated_long_enough,
)  # fmt: skip


def expulsion_not_due(situation: Situation) -> Iterator[Answer]:
    """Where expulsion is due neither removal nor withdrawal may take its place (30-QĐ/TW 2016 Điều 35).

    Nobody on probation is expelled: whoever violated to the point of losing the qualification is removed (rules.md section 2).
    """
    if situation.member.standing == Standing.PROBATIONARY:
        return
    remedy = gettext_noop("Open (or finish) the discipline case; a removal or withdrawal may not replace it.")
    if situation.facts.get("expulsion_due"):
        message = gettext_noop("The facts amount to expulsion.")
        yield Refusal("expulsion.due", message, rule="DIS.NO_SUBSTITUTION", remedy=remedy, fact="expulsion_due")
    if situation.open_cases("discipline"):
        message = gettext_noop("A discipline case of this person is open.")
        yield Refusal("expulsion.discipline_open", message, rule="DIS.NO_SUBSTITUTION", remedy=remedy)


def request_in_order(situation: Situation) -> Refusal | None:
    """Requests for the self-review are counted one by one, up to the number the guidance names."""
    number, most = situation.facts.get("request_number"), situation.rule("REM.SELF_REVIEW_REQUESTS").value
    expected = int(situation.past.get("request_number") or 0) + 1
    if number is None or (number == expected and expected <= most):
        return None
    remedy = (
        gettext_noop("Give that number.")
        if expected <= most
        else gettext_noop("No more requests are needed: the cell may vote without the self-review.")
    )
    return Refusal(
        "self_review.request_number", gettext_noop("This would be request number %(expected)s of at most %(most)s."),
        {"expected": expected, "most": most}, "REM.SELF_REVIEW_REQUESTS", remedy, "request_number",
    )  # fmt: skip


def asked_again_later(situation: Situation) -> Refusal | None:
    """Requests follow one another: the next is for a day after the receipt of the one before. No longer wait was seen."""
    before = situation.past_day("receipt")
    if before is None or situation.on > before:
        return None
    return Refusal(
        "self_review.asked_at_once",
        gettext_noop("The request before this one was received on %(before)s; asked again on that day it counts once."),
        {"before": before}, "REM.SELF_REVIEW_REQUESTS",
        gettext_noop("Give the member time to answer; ask again on a later day."), "request",
    )  # fmt: skip


def received_after_sent(situation: Situation) -> Refusal | None:
    """The receipt is not older than the request it is for."""
    sent, receipt = situation.facts.get("request"), situation.facts.get("receipt")
    if sent is None or receipt is None or receipt.date >= sent.date:
        return None
    return Refusal(
        "self_review.receipt_before", gettext_noop("The receipt of %(receipt)s is older than the request of %(sent)s."),
        {"receipt": receipt.date, "sent": sent.date}, "REM.SELF_REVIEW_REQUESTS",
        gettext_noop("Check both dates."), "receipt",
    )  # fmt: skip


def reviewed_or_asked(situation: Situation) -> Refusal | None:
    """The cell votes on the member's self-review, or without it once it was asked for often enough."""
    asked, needed = int(situation.past.get("request_number") or 0), situation.rule("REM.SELF_REVIEW_REQUESTS").value
    if situation.past.get("self_review") or asked >= needed:
        return None
    return Refusal(
        "self_review.missing",
        gettext_noop("There is no self-review, and it was asked for %(asked)s times of %(needed)s."),
        {"asked": asked, "needed": needed}, "REM.SELF_REVIEW_REQUESTS",
        gettext_noop("File the self-review, or ask for it again in writing and keep the receipt."),
    )  # fmt: skip


def card_collected(situation: Situation) -> Caution | None:
    """The cell collects card and badge when somebody leaves otherwise than by death."""
    if situation.facts.get("card_collected") is not False:
        return None
    message = gettext_noop("The party card has not been collected.")
    remedy = gettext_noop("Collect it and hand it to the committee directly above.")
    return Caution("card.not_collected", message, rule="REM.CARD", remedy=remedy, fact="card_collected")
