"""Guards about days: nothing legal lies ahead, papers carry the day they prove, and steps follow one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.facts import Day, Fact, Paper, PaperValue
from workflows.situation import Guard, Situation
from workflows.standings import MEMBERS


def not_yet(day: date, today: date) -> Refusal | None:
    """Only what has happened is recorded."""
    if day <= today:
        return None
    return Refusal(
        "day.ahead", gettext_noop("%(day)s has not come yet; only what has happened is recorded."), {"day": day},
        remedy=gettext_noop("Record the step on or after that day."),
    )  # fmt: skip


def facts_ahead(facts: Iterable[Fact], values: Mapping[str, Any], today: date) -> Iterator[Refusal]:
    """Days and papers among the facts that are dated in the future, but for those declared to lie ahead."""
    for fact in facts:
        if not isinstance(fact, Day | Paper) or (isinstance(fact, Day) and fact.ahead):
            continue
        value, remedy = values.get(fact.name), gettext_noop("Check this day.")
        if isinstance(value, PaperValue):
            value, remedy = value.date, gettext_noop("Check the date written on the paper.")
        if value and value > today:
            yield Refusal(
                "day.fact_ahead", gettext_noop("%(day)s has not come yet."), {"day": value}, fact=fact.name, remedy=remedy,
            )  # fmt: skip


def nothing_ahead(facts: Iterable[Fact]) -> Guard:
    """The guard of every step: its day and the days of its facts are not in the future."""
    asked = tuple(facts)

    def guard(situation: Situation) -> Iterator[Answer]:
        ahead = not_yet(situation.on, situation.today)
        if ahead is not None:
            yield ahead
        yield from facts_ahead(asked, situation.facts, situation.today)

    return guard


def dated_in_life(facts: Iterable[Fact]) -> tuple[Guard, ...]:
    """The guard of every step of a case about a member that asks for papers: one older than the member is, or the birth, is
    dated wrongly; one from before the joining most likely, since a case of a member seldom stands on it. None where no
    papers are asked for.
    """
    papers = tuple(fact.name for fact in facts if isinstance(fact, Paper))

    def guard(situation: Situation) -> Iterator[Caution]:
        for fact in papers:
            paper = situation.facts.get(fact)
            if paper is not None:
                yield from _of_its_time(paper.date, fact, situation.member)

    return (guard,) if papers else ()


def _of_its_time(paper: date, fact: str, member: Any) -> Iterator[Caution]:
    born, joined = member.born_on, member.joined_on if member.standing in MEMBERS else None
    if born is not None and paper < born:
        yield Caution(
            "paper.before_birth", gettext_noop("The paper is dated %(paper)s, before the person was born."),
            {"paper": paper}, fact=fact,
            remedy=gettext_noop("Check the date written on the paper, and the person's day of birth."),
        )  # fmt: skip
    elif joined is not None and paper < joined:
        yield Caution(
            "paper.before_joining", gettext_noop("The paper is dated %(paper)s; the member joined on %(joined)s only."),
            {"paper": paper, "joined": joined}, fact=fact,
            remedy=gettext_noop("Check the date written on the paper, and the day of joining; if both are right, go on."),
        )  # fmt: skip


def dated_on_the_day(fact: str) -> Guard:
    """The paper that proves a step bears the step's legal day, so that no clock can start from another."""

    def guard(situation: Situation) -> Refusal | None:
        paper = situation.facts.get(fact)
        if paper is None or paper.date == situation.on:
            return None
        return Refusal(
            "paper.other_day", gettext_noop("The paper is dated %(paper)s, but the step is recorded for %(day)s."),
            {"paper": paper.date, "day": situation.on}, fact=fact,
            remedy=gettext_noop("Set the day of the step to the date of the paper."),
        )  # fmt: skip

    return guard


def dated_by_then(*facts: str) -> Guard:
    """Papers that a step stands on existed on its day."""

    def guard(situation: Situation) -> Iterator[Answer]:
        for fact in facts:
            paper = situation.facts.get(fact)
            if paper is not None and paper.date > situation.on:
                yield Refusal(
                    "paper.dated_later", gettext_noop("The paper is dated %(paper)s, after the day of the step %(day)s."),
                    {"paper": paper.date, "day": situation.on}, fact=fact,
                    remedy=gettext_noop("Record the step for a day on which the paper was there."),
                )  # fmt: skip

    return guard


def dated_since(fact: str, earlier: str) -> Guard:
    """A paper that tells of an earlier step (a meeting's minutes, an announcement) was hardly written before it."""

    def guard(situation: Situation) -> Caution | None:
        paper, before = situation.facts.get(fact), situation.past_day(earlier)
        if paper is None or before is None or paper.date >= before:
            return None
        return Caution(
            "paper.before_its_matter", gettext_noop("Dated %(paper)s, the paper tells of what came later (%(before)s)."),
            {"paper": paper.date, "before": before}, fact=fact,
            remedy=gettext_noop("Check the date written on the paper; if it is right, go on."),
        )  # fmt: skip

    return guard


def day_is(fact: str) -> Guard:
    """A day given as a fact is the step's legal day (a meeting is recorded for the day it was held)."""

    def guard(situation: Situation) -> Refusal | None:
        day = situation.facts.get(fact)
        if day is None or day == situation.on:
            return None
        return Refusal(
            "day.other_day", gettext_noop("It happened on %(given)s, but the step is recorded for %(day)s."),
            {"given": day, "day": situation.on}, fact=fact,
            remedy=gettext_noop("Set the day of the step to the day it happened."),
        )  # fmt: skip

    return guard


def ends_later(fact: str) -> Guard:
    """A last day that a step sets comes after the step's own day."""

    def guard(situation: Situation) -> Refusal | None:
        last = situation.facts.get(fact)
        if last is None or last > situation.on:
            return None
        return Refusal(
            "day.end_not_later", gettext_noop("The last day %(last)s does not come after %(day)s."),
            {"last": last, "day": situation.on}, fact=fact,
            remedy=gettext_noop("Give the last day as the paper says it."),
        )  # fmt: skip

    return guard


def not_over_by_then(fact: str) -> Guard:
    """A day on which something is to come is not over when it is set (a congress by its summons)."""

    def guard(situation: Situation) -> Refusal | None:
        if (set_for := situation.facts.get(fact)) is None or set_for >= situation.on:
            return None
        return Refusal(
            "day.set_for_the_past", gettext_noop("The day set is %(set)s; on %(day)s, the day of this step, it is over."),
            {"set": set_for, "day": situation.on}, fact=fact, remedy=gettext_noop("Check both days."),
        )  # fmt: skip

    return guard


def in_this_order(first: str, last: str) -> Guard:
    """Of two days that a step is told the second is not before the first."""

    def guard(situation: Situation) -> Refusal | None:
        begins, ends = situation.facts.get(first), situation.facts.get(last)
        if begins is None or ends is None or begins <= ends:
            return None
        return Refusal(
            "day.ends_first", gettext_noop("It would end on %(ends)s, before it begins on %(begins)s."),
            {"begins": begins, "ends": ends}, fact=last, remedy=gettext_noop("Check both days."),
        )  # fmt: skip

    return guard


def not_over_when_asked(fact: str) -> Guard:
    """What is asked for a time that is over is taken, and said to be late."""

    def guard(situation: Situation) -> Caution | None:
        last = situation.facts.get(fact)
        if last is None or last >= situation.today:
            return None
        return Caution(
            "day.over_already", gettext_noop("The time asked for ended on %(last)s: it is recorded late."),
            {"last": last}, fact=fact, remedy=gettext_noop("Check the day; if it is right, go on."),
        )  # fmt: skip

    return guard


def not_before(earlier: str) -> Guard:
    """The step's day is not before the day (or paper) that an earlier step recorded."""

    return in_order([earlier])


def in_order(papers: Iterable[str]) -> Guard:
    """The guard of every later step of a case: its day is not before the papers of the steps that brought the case here.

    `papers` are those of the page's steps that move the case; what stands beside its course (a certificate filed
    meanwhile, a contact noted) may be recorded for a later day.
    """
    named = tuple(papers)

    def guard(situation: Situation) -> Refusal | None:
        days = {name: day for name in named if (day := situation.past_day(name)) is not None}
        latest = max(days, key=lambda name: days[name], default="")
        if not latest or situation.on >= days[latest]:
            return None
        return Refusal(
            "day.before_earlier_step", gettext_noop("%(day)s lies before %(before)s, the day of the step it follows."),
            {"day": situation.on, "before": days[latest], "earlier": latest},
            remedy=gettext_noop("Check both dates; if the earlier one is wrong, have it voided first."),
        )  # fmt: skip

    return guard


def not_given_before(fact: str) -> Guard:
    """Something that can be recorded once."""

    def guard(situation: Situation) -> Refusal | None:
        if situation.past.get(fact) in (None, ""):
            return None
        return Refusal(
            "fact.given_before", gettext_noop("This has been recorded already."), fact=fact,
            remedy=gettext_noop("If it is wrong, have the earlier entry voided."),
        )  # fmt: skip

    return guard
