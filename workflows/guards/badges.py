"""Guards of a badge that is recorded: one of the law's, once, and not before the months that the law allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.badges import deferred_until, early_months, party_age_start, posthumous_months, reached
from workflows.facts import day_in
from workflows.situation import CaseView, Situation
from workflows.standings import Standing
from workflows.workdays import add_months, month_end, months_between

YEARS = "badge_years"


def badge_of_the_law(situation: Situation) -> Refusal | None:
    """There are badges for certain years of party age, by the list of the day of the decision."""
    years, decided = situation.facts.get(YEARS), situation.day("decision")
    if years is None or decided is None:
        return None
    known = tuple(situation.rule("BDG.MILESTONES", decided).value)
    if years in known:
        return None
    return Refusal(
        "badge.no_such", gettext_noop("There was no badge for %(years)s years; there was one for: %(known)s."),
        {"years": years, "known": known}, "BDG.MILESTONES", gettext_noop("Check the years and the date of the decision."),
        YEARS,
    )  # fmt: skip


def party_age_from_eighteen(situation: Situation) -> Caution | None:
    """Nobody is admitted before the least age: a party age from before that day is another person's, or a slip of the pen."""
    born, start = situation.member.born_on, situation.facts.get("party_age_from")
    if born is None or start is None:
        return None
    least = situation.rule("ADM.AGE_MIN").value
    if months_between(born, start) >= least:
        return None
    return Caution(
        "party_age.too_young", gettext_noop("On %(start)s the person was younger than %(years)s years."),
        {"start": start, "years": least // 12}, "ADM.AGE_MIN", gettext_noop("Check the day, and the date of birth."),
        "party_age_from",
    )  # fmt: skip


def badge_not_recorded(situation: Situation) -> Refusal | None:
    """Each badge is awarded once; an older one is not recorded after a later one."""
    years, last = situation.facts.get(YEARS), situation.member.badge_years
    if years is None or last is None or years > last:
        return None
    return Refusal(
        "badge.recorded_already", gettext_noop("A badge for %(last)s years is recorded already."), {"last": last},
        remedy=gettext_noop("If that entry is wrong, have it voided by a second person first."), fact=YEARS,
    )  # fmt: skip


def party_age_full(situation: Situation) -> Answer | None:
    """By the day of the ceremony, else of the decision; earlier only as early as the law allows, and said to be so."""
    years, day = situation.facts.get(YEARS), situation.facts.get("ceremony_on") or situation.day("decision")
    if years is None or day is None:
        return None
    start = party_age_start(situation.member)
    if start is None:
        return Caution(
            "badge.age_unknown", gettext_noop("From when this member's party age counts is not known here."),
            rule="PRO.PARTY_AGE",
            remedy=gettext_noop("Record the day of the admission decision, or the paper that confirms the party age."),
        )  # fmt: skip
    full = reached(start.day, years)
    return None if full <= day else _before_its_day(situation, years, day, full)


def _before_its_day(situation: Situation, years: int, day: date, full: date) -> Answer | None:
    rule, by_month = situation.rule("BDG.EARLY", day), situation.rule("BDG.COUNTED_BY", day)
    died = situation.member.left_on if situation.member.standing == Standing.DECEASED else None
    months = early_months(years, day) if died is None else posthumous_months(day)
    params = {"full": full, "years": years, "months": months}
    if full <= add_months(died or day, months) and (died is not None or situation.facts.get("early")):
        return None
    if full <= month_end(day):
        message = gettext_noop("The %(years)s years are full on %(full)s, later in that month.")
        return Caution("badge.by_month", message, params, by_month.id, fact="ceremony_on")
    message = gettext_noop(
        "By the days known here the %(years)s years are full on %(full)s; a badge may be awarded %(months)s months earlier "
        "at most, to the seriously ill or after death."
    )
    remedy = gettext_noop("Say that it was awarded early, or check the years and from when the party age counts.")
    return Refusal("badge.too_early", message, params, rule.id, remedy, "early")


def badge_deferred(situation: Situation) -> Iterator[Answer]:
    """Whoever is disciplined waits for the badge; sources disagree for how long, so it is only said."""
    day = situation.facts.get("ceremony_on") or situation.day("decision")
    if day is not None:
        situation.rule("BDG.DEFER", day)
        yield from deferrals(situation.cases("discipline"), day)


def deferrals(cases: Iterable[CaseView], day: date) -> Iterator[Caution]:
    """What a member's discipline cases say of a badge on a day: one is open, or the months after one are not over."""
    for case in cases:
        form, decided = case.facts.get("form"), day_in(case.facts, "decision")
        if case.closed_on is None:
            message = gettext_noop("A discipline case of this member is open.")
            yield Caution("badge.discipline_open", message, rule="BDG.DEFER")
        elif form and decided is not None and (until := deferred_until(form, decided)) is not None and day < until:
            message = gettext_noop(
                "Disciplined on %(decided)s: a badge is considered from %(until)s on, if it was mended."
            )
            yield Caution("badge.deferred", message, {"decided": decided, "until": until}, "BDG.DEFER")


def badge_after_death(situation: Situation) -> Caution | None:
    """F-01: whoever would have reached a badge so soon may be awarded it after death, if people ask for it."""
    member, died, start = situation.member, situation.facts.get("died_on"), party_age_start(situation.member)
    if died is None or start is None or member.standing != Standing.OFFICIAL:
        return None
    latest = add_months(died, posthumous_months(died))
    for years in situation.rule("BDG.MILESTONES", died).value:
        full = reached(start.day, years)
        if died < full <= latest and years > (member.badge_years or 0):
            message = gettext_noop("%(years)s years of party age would have been full on %(full)s.")
            remedy = gettext_noop("A badge after death can be asked for.")
            return Caution("badge.after_death", message, {"years": years, "full": full}, "BDG.EARLY", remedy)
    return None
