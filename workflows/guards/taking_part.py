"""Guards of how a member takes part: where a step begins, and the terms of an exemption or of work far away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Refusal
from workflows.facts import day_in
from workflows.guards.people import of_another_paper
from workflows.situation import CaseView, Guard, Situation
from workflows.standings import CARRIED, ENDED, Participation
from workflows.workdays import add_months


def takes_part(*ways: Participation) -> Callable[[Situation], Refusal | None]:
    """The member takes part as the step expects; otherwise its consequence could not happen."""

    def guard(situation: Situation) -> Refusal | None:
        if situation.member.participation in ways:
            return None
        message, remedy = _TAKING_PART.get(situation.member.participation, _NOT_YET)
        params = {"participation": situation.member.participation}
        return Refusal("member.other_participation", message, params, remedy=remedy)

    return guard


_OTHER_CASE = gettext_noop("Look at the member's timeline; another case may have changed it.")
_NOT_YET = (gettext_noop("The person takes part in no cell yet, which this step needs."), _OTHER_CASE)
_TAKING_PART: Mapping[str, tuple[str, str]] = {
    Participation.ATTENDING: (gettext_noop("The member takes part in the own cell; this step is for others."), _OTHER_CASE),
    Participation.AWAY: (gettext_noop("The member works far away, which does not allow this step."), _OTHER_CASE),
    Participation.ELSEWHERE: (
        gettext_noop("The member is transferred elsewhere for a time, which does not allow this step."), _OTHER_CASE,
    ),
    Participation.ABROAD: (
        gettext_noop("The member is abroad, which does not allow this step."),
        gettext_noop("Record the return first, in the case of the stay abroad."),
    ),
    Participation.EXEMPT: (
        gettext_noop("The member is exempt from work and activity, which does not allow this step."), _OTHER_CASE,
    ),
    Participation.SUSPENDED: (
        gettext_noop("The member is suspended from party activity, which does not allow this step."),
        gettext_noop("Wait for the paper that ends the suspension; no rule was seen that lets this step go before it."),
    ),
    Participation.IN_TRANSIT: (
        gettext_noop("The member is on the way to another cell, which does not allow this step."),
        gettext_noop("Bring the transfer to its end first."),
    ),
    Participation.LAPSED: (
        gettext_noop("The member has dropped party activity, which does not allow this step."),
        gettext_noop("The cell resolves first whether the member takes part again."),
    ),
}  # fmt: skip
"""What a refusal says of the way in which the member takes part, and what to do about it."""


def needs_a_paper(situation: Situation) -> Refusal | None:
    """An exemption is asked for by whoever attends, or is away without one: no paper, no last day (B26)."""
    ways = (Participation.ATTENDING,) if situation.member.away_until else (Participation.ATTENDING, Participation.AWAY)
    return takes_part(*ways)(situation)


def left_it(*ways: Participation) -> Guard:
    """The case is ended only because its member left, or takes part in another way, by another paper.

    A case in a state that carries a way of taking part can be ended whenever its member takes part in any other one.
    """

    def guard(situation: Situation) -> Refusal | None:
        member, case = situation.member, situation.subject
        carried = [way for way, (page, states) in CARRIED.items()
                   if way in ways and case and case.key == page and case.state in states]  # fmt: skip
        if member.standing in ENDED or member.participation not in (carried or ways):
            return None
        return Refusal(
            "case.member_still_so", gettext_noop("Nothing else has ended what this case is about."),
            remedy=gettext_noop("Take the step of this case that says how it ended."),
        )  # fmt: skip

    return of_another_paper(guard)


def own_will(situation: Situation) -> Refusal | None:
    """Nobody is exempted but on the own written request."""
    if situation.facts.get("own_will") in (None, True):
        return None
    return Refusal(
        "exemption.not_asked_for", gettext_noop("A member is exempted only on the own written request."),
        fact="own_will", remedy=gettext_noop("Let the member decide; the cell cannot ask instead."),
    )  # fmt: skip


def old_enough_to_rest(situation: Situation) -> Caution | None:
    """Past the working age where the ground is age; the age rises with the labour code, so a doubt only cautions."""
    member, ages = situation.member, situation.rule("EXM.AGE").value
    ground = situation.facts.get("ground") or situation.health().get("ground")
    years = ages["f" if member.sex == "f" else "m"]
    if ground != "age" or (member.born_on and situation.on > add_months(_latest(member), 12 * years)):
        return None
    if member.born_on is None or situation.on > add_months(member.born_on, 12 * years):
        message = gettext_noop("Whether the member is past %(years)s years cannot be told without the day of birth.")
        remedy = gettext_noop("Complete the date of birth.")
        return Caution("exemption.age_unknown", message, {"years": years}, "EXM.AGE", remedy, "ground")
    message = gettext_noop("Born on %(born)s: not past %(years)s years on %(day)s. Is the ground another one?")
    params = {"born": member.born_on, "years": years, "day": situation.on}
    return Caution("exemption.working_age", message, params, "EXM.AGE", fact="ground")


def _latest(member: Any) -> date:
    """The last day on which the member may have been born: of the year, where no more is known."""
    return date(member.born_on.year, 12, 31) if member.born_year_only else member.born_on


def _begins(situation: Situation) -> date | None:
    """The day from which an exemption would run: the end of the one before, else the day of leaving."""
    return situation.past_day("away_until") or situation.day("away_from")


def short_enough(fact: str) -> Guard:
    """A temporary exemption is for less than the months of the rule; longer absence is a transfer."""

    def guard(situation: Situation) -> Refusal | None:
        begins, ends = _begins(situation), situation.facts.get(fact)
        if begins is None or ends is None:
            return None
        months = situation.rule("AWY.EXEMPT_MAX").value
        if ends < begins:
            message = gettext_noop("The exemption would end on %(ends)s, before it begins on %(begins)s.")
            remedy = gettext_noop("Check both days.")
            return Refusal("away.ends_first", message, {"begins": begins, "ends": ends}, remedy=remedy, fact=fact)
        if ends < add_months(begins, months):
            return None
        return Refusal(
            "away.too_long", gettext_noop("From %(begins)s to %(ends)s is not less than %(months)s months."),
            {"begins": begins, "ends": ends, "months": months}, "AWY.EXEMPT_MAX",
            gettext_noop("Ask for less, or for an official transfer."), fact,
        )  # fmt: skip

    return guard


def in_all(fact: str) -> Guard:
    """One exemption after another: from so many months in all on, an official transfer is to be considered (W-06)."""

    def guard(situation: Situation) -> Caution | None:
        left, ends = situation.day("away_from"), situation.facts.get(fact)
        if left is None or ends is None:
            return None
        months = situation.rule("AWY.EXEMPT_MAX").value
        earlier = _leaves_before(situation, left, months)
        if not earlier and situation.past_day("away_until") is None:
            return None
        days = sum((last - first).days + 1 for first, last in earlier)
        if ends < add_months(left - timedelta(days=days), months):
            return None
        message = gettext_noop(
            "Away from %(left)s to %(ends)s: %(months)s months or more. Consider an official transfer."
        )
        params: dict[str, Any] = {"left": left, "ends": ends, "months": months}
        if earlier:
            message = gettext_noop(
                "With earlier leaves since %(first)s, %(days)s days away in all up to %(ends)s: %(months)s months or more. "
                "Consider an official transfer."
            )
            days += (ends - left).days + 1
            params = {"first": earlier[-1][0], "days": days, "ends": ends, "months": months}
        return Caution("away.long_in_all", message, params, "AWY.EXEMPT_MAX", fact=fact)

    return guard


def _leaves_before(situation: Situation, left: date, months: int) -> list[tuple[date, date]]:
    """First and last days of the leaves of other cases before a day, the newest first, back to a break of so many months.

    How long a break makes a new start was not seen; the months of the rule itself are taken for it.
    """
    told = [(day_in(case.facts, "away_from"), _last_day(case)) for case in situation.cases("away")]
    found: list[tuple[date, date]] = []
    for first, last in sorted(((one, until) for one, until in told if one and until and one < left), reverse=True):
        begins = found[-1][0] if found else left
        if add_months(last, months) <= begins:
            break
        if first <= (last := min(last, begins - timedelta(days=1))):
            found.append((first, last))
    return found


def _last_day(case: CaseView) -> date | None:
    """Of a leave that was granted: the day before it was over, where that came before its end."""
    until = day_in(case.facts, "away_until")
    return until if until is None or case.closed_on is None else min(until, case.closed_on - timedelta(days=1))


def nobody_there(fact: str) -> Guard:
    """Where a party organisation exists and the stay is long enough, a temporary transfer takes the exemption's place."""

    def guard(situation: Situation) -> Refusal | None:
        left, ends = situation.day("away_from"), situation.facts.get(fact)
        if not situation.told("organisation_there") or left is None or ends is None:
            return None
        least = situation.rule("TRF.TEMP").value["min_months"]
        if ends < add_months(left, least):
            return None
        return Refusal(
            "away.transfer_instead",
            gettext_noop("%(months)s months or more at a place with a party organisation are a temporary transfer."),
            {"months": least}, "TRF.TEMP", gettext_noop("Open a temporary transfer instead."),
            "organisation_there" if "organisation_there" in situation.facts else fact,
        )  # fmt: skip

    return guard
