"""Guards of the member's own steps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.situation import Situation
from workflows.standings import Participation
from workflows.workdays import months_between


def no_open_admission(situation: Situation) -> Refusal | None:
    """A candidate whose dossier is open stays on the list until the dossier is closed."""
    if not situation.open_cases("admission"):
        return None
    return Refusal(
        "candidate.dossier_open", gettext_noop("An admission dossier of this person is open."),
        remedy=gettext_noop("Close the dossier first (withdrawn, refused or handed over)."),
    )  # fmt: skip


def lapse_long_enough(situation: Situation) -> Refusal | None:
    """Months of meetings or months of dues, never added together, reach the number of the Charter."""
    months, least = situation.facts.get("months"), situation.rule("LAP.MONTHS").value
    if months is None or months >= least:
        return None
    return Refusal(
        "lapse.too_short", gettext_noop("%(months)s months in the year; at least %(least)s of one kind are needed."),
        {"months": months, "least": least}, "LAP.MONTHS",
        gettext_noop("Months of meetings and of dues are counted apart; contact and remind the member."), "months",
    )  # fmt: skip


def not_covered_by_exemption(situation: Situation) -> Answer | None:
    """Months covered by an approved exemption are no dropping out; one without papers is put in order first."""
    member = situation.member
    if member.participation != Participation.AWAY:
        return None
    if situation.facts.get("ground") != "meetings":
        return None  # an exemption excuses from activity, dues go on (01-HD/TW 10.3, scenario B25)
    if situation.takes_part([member.id]).get(member.id) == Participation.ATTENDING:
        return None  # granted from a later day: months before it are no months of it
    if member.away_until and member.away_until >= situation.on:
        return Refusal(
            "lapse.exempted", gettext_noop("The member is exempted until %(until)s."), {"until": member.away_until},
            "AWY.EXEMPT_MAX", gettext_noop("Only months after the exemption can count."),
        )  # fmt: skip
    if member.away_until is None:
        message = gettext_noop("Away without a paper: put the exemption in order before treating it as dropping out.")
        return Caution("lapse.away_without_paper", message, rule="AWY.EXEMPT_MAX")
    return None


def leave_is_ended_too(situation: Situation) -> Caution | None:
    """The case of a leave goes on, and reminds, until somebody ends it: dropping out decides nothing about that paper."""
    if situation.member.participation != Participation.AWAY or not situation.open_cases("away"):
        return None
    return Caution(
        "lapse.leave_open", gettext_noop("The case of the member's leave is still open, and goes on with its deadlines."),
        remedy=gettext_noop("End that case with the same resolution (“End a case that another paper has settled”)."),
    )  # fmt: skip


def days_in_order(situation: Situation) -> Iterator[Answer]:
    """Born, joined, official, left: in this order where they are known."""
    named = [("born_on", situation.member.born_on)]
    named += [(name, situation.facts.get(name)) for name in ("joined_on", "official_on", "left_on")]
    known = [(name, day) for name, day in named if day]
    for (earlier, before), (later, after) in pairwise(known):
        if after < before:
            yield Refusal(
                f"roster.{later}_before_{earlier}", gettext_noop("%(after)s cannot come before %(before)s."),
                {"after": after, "before": before}, fact=later,
                remedy=gettext_noop("Correct the date in the roster."),
            )  # fmt: skip


def old_enough_then(situation: Situation) -> Caution | None:
    """Admitted at an age by month at which the law admits nobody: a day is likely wrong, here or where it was written."""
    joined, member = situation.facts.get("joined_on"), situation.member
    if joined is None or member.born_on is None or member.born_year_only:
        return None
    age, least = months_between(member.born_on, joined), situation.rule("ADM.AGE_MIN", joined).value
    if age >= least:
        return None
    message = gettext_noop("Admitted on %(joined)s at %(age)s months by month; at least %(least)s are needed.")
    return Caution(
        "age.too_young_then", message, {"joined": joined, "age": age, "least": least}, "ADM.AGE_MIN",
        gettext_noop("Compare both days with the papers; where the record is wrong, have it mended at the old place."),
        "joined_on",
    )  # fmt: skip
